"""``server-config``: the server's file, without its password unless asked for by name."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nhem_tui.backend.config_tree import SECTIONS
from nhem_tui.cli.call import Call
from nhem_tui.cli.exposure import warn_of_password_in_url
from nhem_tui.cli.main import main
from nhem_tui.cli.output import Output
from nhem_tui.cli.parser import parse
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import StubServer, recorded, simulated_server
from tests.cli.support import answer as answered

SECRET = "correct-horse"
DEEP = '{"b": ' * 400 + "1" + "}" * 400
"""JSON that Python reads and nobody can walk."""

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run ``server-config`` with some words on a server of its own."""
    with simulated_server(SimulatorOptions(password=SECRET)) as server:
        monkeypatch.setenv("NHEM_PASSWORD", SECRET)
        monkeypatch.setenv("NHEM_URL", server.url)
        yield lambda *words: main(["server-config", *words])


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have somebody at the terminal type something."""

    def typed(text: str) -> None:
        terminal = io.StringIO(text)
        terminal.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stdin", terminal)

    return typed


def edited(path: Path, section: str, **values: object) -> None:
    tree = json.loads(path.read_text())
    tree[section] |= values
    path.write_text(json.dumps(tree))


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_it_is_shown_without_the_password(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("get") == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["roi_capture.default_config.x2"] == "300"
    assert lines["security.password"] == "•••"
    assert run("get", "security", "--json") == 0
    assert document(capsys) == {"type": "config", "config": {"security": {"password": "•••"}}}
    assert run("get", "security", "--show-passwords") == 0
    assert capsys.readouterr().out == f"security.password  {SECRET}\n"
    assert run("get", "--json", "--show-passwords") == 0
    assert document(capsys)["config"]["security"]["password"] == SECRET


def test_the_password_is_masked_wherever_it_stands(
    run: Run, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "--output", "all.json") == 0
    edited(home / "all.json", "server", note=f"the password is {SECRET}!")
    assert run("import", "all.json", "--yes") == 0
    for words in (["get"], ["get", "server", "--json"], ["export"]):
        capsys.readouterr()
        assert run(*words) == 0
        text = capsys.readouterr().out
        assert "the password is •••!" in text
        assert SECRET not in text


def test_a_value_is_written_and_read_back(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", "peak_detection", "threshold", "110.5") == 0
    told = capsys.readouterr()
    assert told.out == "peak_detection.threshold  110.5\n"
    assert "keeps its values until the server restarts" in told.err
    assert run("set", "logging", "level", "DEBUG", "--json") == 0
    assert document(capsys) == {
        "type": "config_changes",
        "changes": [{"path": "logging.level", "value": "DEBUG"}],
    }
    assert run("get", "--json") == 0
    config = document(capsys)["config"]
    assert (config["peak_detection"]["threshold"], config["logging"]["level"]) == (110.5, "DEBUG")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["peak_detection", "threshold", "201"], "must be a number from 0 to 200"),
        (["peak_detection", "threshold", "high"], "must be a number from 0 to 200"),
        (["peak_detection", "min_region_length", "11"], "would poison"),
        (["roi_capture", "frame_rate", "45"], "from 1 to 30"),
        (["roi_capture", "frame_rate", "2.5"], "does not start any more"),
        (["roi_capture", "default_config", '{"x1": 5}'], "needs x1, y1, x2 and y2"),
        (["roi_capture", "default_config", '{"x1":0,"y1":0,"x2":9,"y2":9}'], "at least 50"),
        (["logging", "level", "LOUD"], "one of DEBUG, INFO"),
        (["security", "password", "x"], "can be read by every user"),
        (["logging", "level"], "is missing"),
    ],
)
def test_a_value_that_would_spoil_the_file_is_not_sent(
    words: list[str], said: str, stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["server-config", "set", *words, "--url", stub.url]) == 2
    assert stub.requests == []
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["peaks", "threshold", "100"], "no section 'peaks'"),
        (["peak_detection", "treshold", "100"], "did you mean threshold?"),
        (["server", "host", "7"], "server.host is text, not a number"),
        (["server", "port", "true"], "server.port: port must be a whole number from 1 to 65535"),
        (["server", "port", "99999"], "server.port: port must be a whole number from 1 to 65535"),
        (["line_detection", "hough_threshold", "true"], "hough_threshold is a number, not true"),
    ],
)
def test_a_value_without_a_place_is_not_written(
    words: list[str], said: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("set", *words) == 2
    assert said in capsys.readouterr().err


def test_the_nearest_section_is_proposed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("get", "roi_captur") == 2
    said = "the server has no section 'roi_captur'; did you mean roi_capture?"
    assert said in capsys.readouterr().err


def test_a_new_password_comes_from_the_terminal_or_a_pipe(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("battery-staple\n"))
    assert run("set", "security", "password", "--verbose") == 0
    told = capsys.readouterr()
    assert "battery-staple" not in told.out + told.err
    assert "security.password  •••" in told.out
    assert run("get", "security", "--show-passwords") == 0
    assert "battery-staple" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run("set", "security", "password") == 2


def test_a_reload_cures_a_server_that_cannot_save(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nhem_tui.cli.commands.server_config.check_values", lambda _: None)
    assert run("set", "peak_detection", "min_region_length", "15") == 1
    assert "hint: " in capsys.readouterr().err
    assert run("set", "logging", "level", "DEBUG") == 1
    assert "nhem-tui server-config reload" in capsys.readouterr().err
    assert run("reload") == 0
    assert "peak_detection.min_region_length       5\n" in capsys.readouterr().out
    assert run("set", "logging", "level", "DEBUG") == 0


def test_an_export_is_private_and_comes_back_without_a_change(
    run: Run, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "--output", "all.json") == 0
    path = home / "all.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert SECRET not in path.read_text()
    assert run("export", "--output", "all.json") == 2
    assert run("export", "--output", "all.json", "--force", "--show-passwords") == 0
    assert json.loads(path.read_text())["security"]["password"] == SECRET
    assert run("export", "--output", "all.json", "--force") == 0
    capsys.readouterr()
    assert run("import", "all.json", "--json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == {"type": "config_changes", "changes": []}
    assert json.loads(told.err) == {"type": "notice", "text": "nothing differs, nothing was sent"}


def test_an_import_shows_what_changes_and_asks(
    run: Run, home: Path, answer: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "--output", "all.json") == 0
    edited(home / "all.json", "peak_detection", threshold=120)
    edited(home / "all.json", "security", password="battery-staple")
    capsys.readouterr()
    answer("n\n")
    assert run("import", "all.json") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "peak_detection.threshold: 104.0 → 120",
        "security.password: ••• → •••",
        "write these 2? [y/N] error: nothing was changed",
    ]
    answer("y\n")
    assert run("import", "all.json") == 0
    told = capsys.readouterr()
    assert told.out == "peak_detection.threshold  120\nsecurity.password         •••\n"
    assert run("get", "security", "--show-passwords") == 0
    assert "battery-staple" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["set", "logging", "level", "DEBUG"], ["import", "all.json", "--yes"]]
)
def test_what_did_not_arrive_is_a_failure(
    words: list[str], stub: StubServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = {section: {"level": "INFO"} for section in SECTIONS}
    (home / "all.json").write_text(json.dumps(config))
    edited(home / "all.json", "logging", level="DEBUG")
    stub.tell("GET /config", answered({"config": config}))
    for endpoint in ("POST /config", "POST /config/import"):
        stub.tell(endpoint, answered({"success": True, "message": "saved"}))
    assert main(["server-config", *words, "--url", stub.url]) == 1
    assert "the server said yes, but its configuration is another" in capsys.readouterr().err


def test_a_script_must_say_yes(run: Run, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "--output", "all.json") == 0
    edited(home / "all.json", "logging", level="DEBUG")
    assert run("import", "all.json") == 2
    assert "--yes" in capsys.readouterr().err
    assert run("import", "all.json", "--yes", "--quiet") == 0
    assert capsys.readouterr() == ("logging.level  DEBUG\n", "")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"server": {}}',
        "[" * 100_000,
        '{"server":{"port":NaN},"data_processing":{},"roi_capture":{},"peak_detection":{},'
        '"security":{},"logging":{}}',
        '{"server":{"port":1e999},"data_processing":{},"roi_capture":{},"peak_detection":{},'
        '"security":{},"logging":{}}',
        '{"server":{},"data_processing":{"fps":0},"roi_capture":{},"peak_detection":{},'
        '"security":{},"logging":{}}',
        pytest.param(
            json.dumps({name: {"a": {}} for name in SECTIONS}).replace("{}", DEEP), id="too-deep"
        ),
    ],
)
def test_a_file_that_the_server_would_refuse_is_not_sent(
    content: str, stub: StubServer, home: Path
) -> None:
    (home / "all.json").write_text(content)
    assert main(["server-config", "import", "all.json", "--yes", "--url", stub.url]) == 2
    assert main(["server-config", "import", "missing.json", "--yes", "--url", stub.url]) == 2
    assert stub.requests == []


@pytest.mark.parametrize("action", ["get", "export"])
def test_what_is_too_deep_to_walk_is_bad_data(
    action: str, stub: StubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.tell("GET /config", (200, f'{{"config": {{"server": {DEEP}}}}}'.encode()))
    exported = {"success": True, "config_json": DEEP}
    stub.tell("GET /config/export", (200, json.dumps(exported).encode()))
    assert main(["server-config", action, "--url", stub.url]) == 5
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("more", [[], ["--json"], ["--output", "all.json"]])
def test_an_export_that_is_no_json_is_refused(
    number: str,
    more: list[str],
    stub: StubServer,
    home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reply = {"success": True, "config_json": f'{{"server": {{"port": {number}}}}}'}
    stub.tell("GET /config/export", (200, json.dumps(reply).encode()))
    assert main(["server-config", "export", *more, "--url", stub.url]) == 5
    told = capsys.readouterr()
    assert f"the server exported no valid JSON: {number} is no number of it" in told.err
    assert told.out == ""
    assert not (home / "all.json").exists()


def test_a_mask_without_a_value_behind_it_is_not_imported(
    run: Run, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", "--output", "all.json") == 0
    edited(home / "all.json", "server", api_token="•••")
    assert run("import", "all.json", "--yes") == 2
    assert "server.api_token is masked" in capsys.readouterr().err


def test_a_wrong_password_has_its_own_code(stub: StubServer) -> None:
    stub.tell("GET /config", recorded("config-unauthorized"))
    assert main(["server-config", "get", "--url", stub.url]) == 4


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        (["--url", "http://lab3:8421"], True),
        (["--url", "http://192.0.2.7"], True),
        (["--url", "https://lab3"], False),
        (["--url", "http://localhost:8421"], False),
        (["--url", "http://127.0.0.2:8421"], False),
        (["--url", "http://[::1]:8421"], False),
        (["--url", "http://lab3:8421", "--ssh", "anna@lab3"], False),
    ],
)
def test_a_password_in_a_bare_url_is_warned_of(
    words: list[str], warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_of_password_in_url(Call(parse(["server-config", "get", *words]), Output()))
    assert ("warning: the password goes into the URL" in capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    "words",
    [
        ["get"],
        ["set", "logging", "level", "DEBUG"],
        ["reload"],
        ["export"],
        ["import", "all.json", "--yes"],
    ],
)
def test_every_action_warns(
    words: list[str],
    run: Run,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("export", "--output", "all.json") == 0
    monkeypatch.setattr("nhem_tui.cli.exposure._is_here", lambda host: False)
    capsys.readouterr()
    assert run(*words) == 0
    assert "warning: the password goes into the URL" in capsys.readouterr().err
