"""The key map: checked before the screen opens, with the line of each mistake."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from nhem_tui.tui.actions import ACTIONS
from nhem_tui.tui.keymap import flaws, is_key
from tests.cli.support import configure, python, user_file
from tests.cli.test_dashboard import Screen, Terminal, screen

__all__ = ["screen"]  # a fixture


@pytest.mark.parametrize(
    ("keymap", "action", "text"),
    [
        ({"detection.strt": "f5"}, "detection.strt",
         "is no action of this program; did you mean detection.start?"),
        ({"view.freeze": "nosuchkey"}, "view.freeze", "'nosuchkey' is no key"),
        ({"view.freeze": "SPACE"}, "view.freeze", "'SPACE' is no key; did you mean space?"),
        ({"view.freeze": "ctl+f"}, "view.freeze", "'ctl+f' is no key; did you mean ctrl+f?"),
        ({"view.freeze": ""}, "view.freeze", "must name at least one key"),
        ({"view.freeze": "f5,,f6"}, "view.freeze", "names an empty key"),
        ({"view.freeze": "x"}, "view.freeze", "'x' is the key of detection.stop as well"),
        ({"view.freeze": "?"}, "view.freeze", "'question_mark' is the key of help.keys as well"),
        ({"view.freeze": "ctrl+c"}, "view.freeze", "'ctrl+c' is the key of Quit as well"),
        ({"view.freeze": "ctrl+p"}, "view.freeze", "'ctrl+p' is the key of the palette as well"),
        ({"roi.step": "tab"}, "roi.step", "'tab' is the key of the next field as well"),
        ({"settings.edit": "u"}, "settings.edit", "'u' is the key of settings.undo as well"),
    ],
)  # fmt: skip
def test_every_mistake_is_found(keymap: dict[str, str], action: str, text: str) -> None:
    assert flaws(keymap) == [(action, text)]


def test_two_actions_on_one_key_are_both_named() -> None:
    assert flaws({"view.freeze": "f5", "chart.grid": "f5"}) == [
        ("chart.grid", "'f5' is the key of view.freeze as well"),
        ("view.freeze", "'f5' is the key of chart.grid as well"),
    ]


@pytest.mark.parametrize(
    "keymap",
    [
        {"detection.start": "f5"},
        {"detection.start": "x", "detection.stop": "s"},
        {"view.freeze": "f5, ctrl+question_mark"},
        {"view.freeze": "space"},
        {"settings.edit": "s"},  # on a screen of its own, where s is nothing else
    ],
)
def test_what_is_in_order_is_left_alone(keymap: dict[str, str]) -> None:
    assert flaws(keymap) == []


def test_every_key_there_is_counts_as_one() -> None:
    assert [key for action in ACTIONS for key in action.keys.split(",") if not is_key(key)] == []


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_the_screen_does_not_open_on_a_broken_key_map(
    words: list[str], screen: Screen, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"detection.strt": "f5", "view.freeze": "nosuchkey"}
    path = configure(home, {"keys": keys})
    assert main(words) == 2
    assert screen.contexts == []
    assert capsys.readouterr().err.splitlines() == [
        f"error: {path}:3: keys.detection.strt: is no action of this program; "
        "did you mean detection.start?",
        f"error: {path}:4: keys.view.freeze: 'nosuchkey' is no key",
    ]


def test_the_key_map_is_told_with_everything_else_that_is_wrong(
    screen: Screen, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = {
        "display": {"theme": "blue"},
        "profiles": {"lab1": {"display": {"window": 99999}}},
        "keys": {"detection.start": "x", "nope.nope": "f5"},
    }
    path = configure(home, content)
    assert main([]) == 2
    assert screen.contexts == []
    told = capsys.readouterr().err.splitlines()
    places = [f"{path}:{line}" for line in (3, 8, 14, 13)]
    assert [line.removeprefix("error: ").rpartition(": ")[0] for line in told[2:]] == [
        f"{path}:14: keys.nope.nope",
        f"{path}:13: keys.detection.start",
    ]
    assert all(place in line for place, line in zip(places, told, strict=True))


def test_an_edited_key_map_is_checked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", """sh -c 'echo "{\\"keys\\": {\\"a.b\\": \\"f5\\"}}" > "$0"'""")
    assert main(["settings", "edit"]) == 2
    assert "config.json:1: keys.a.b: is no action" in capsys.readouterr().err


def test_the_keys_of_an_action_are_set_shown_and_taken_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str, code: int = 0) -> str:
        assert main(["settings", *words]) == code
        told = capsys.readouterr()
        return told.err if code else told.out

    assert said("get", "keys.detection.start") == "s\n"
    assert said("get", "keys.roi.step") == "s\n"  # of another screen
    assert said("set", "keys.detection.start", "f5,f6") == "f5,f6\n"
    assert json.loads(user_file(home).read_text()) == {"keys": {"detection.start": "f5,f6"}}
    assert said("get", "keys.detection.start") == "f5,f6\n"
    assert "keys.detection.start: 'x' is the key of detection.stop as well" in said(
        "set", "keys.detection.start", "x", code=2
    )
    assert "did you mean detection.start?" in said("set", "keys.detection.strt", "f7", code=2)
    assert "did you mean detection.start?" in said("get", "keys.detection.strt", code=2)
    assert json.loads(user_file(home).read_text()) == {"keys": {"detection.start": "f5,f6"}}
    said("unset", "keys.detection.start")
    assert json.loads(user_file(home).read_text()) == {}


def test_a_misspelt_action_is_taken_out_of_the_key_map(home: Path) -> None:
    path = configure(home, {"keys": {"detection.strt": "f5", "view.freeze": "f6"}})
    assert main(["settings", "unset", "keys.detection.strt"]) == 0
    assert json.loads(path.read_text()) == {"keys": {"view.freeze": "f6"}}


def test_commands_do_not_load_the_screen_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdin__", Terminal())
    result = python(
        "import sys\n"
        "from nhem_tui.cli.main import main\n"
        "main(['settings', 'show'])\n"
        "print('textual' in sys.modules, file=sys.stderr)\n"
    )
    assert result.stderr.splitlines()[-1] == "False"
