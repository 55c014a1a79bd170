"""A shell script that leans on the command line, and the files that are shipped beside it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from nhem_tui.cli.commands.settings import SHARE
from nhem_tui.cli.parser import parse
from nhem_tui.simulator.server import SimulatorOptions
from tests.cli.support import simulated_server

SCRIPT = Path(__file__).with_name("flow.sh")
ROOT = Path(__file__).parent.parent.parent


def test_a_script_measures_from_configuration_to_export(home: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with simulated_server(SimulatorOptions()) as server:
        result = subprocess.run(
            ["bash", str(SCRIPT), server.url],
            capture_output=True, text=True, check=False, env={**os.environ, "PATH": path},
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert not server.backend.engine.running
        assert server.backend.engine.region == (100, 100, 300, 250)
        assert server.backend.peaks.threshold == 110
    frames = [json.loads(line) for line in (home / "frames.jsonl").read_text().splitlines()]
    assert [frame["type"] for frame in frames] == ["window"] + ["sample"] * 50
    assert len((home / "roi.jsonl").read_text().splitlines()) > 1
    assert (home / "wave.png").read_bytes().startswith(b"\x89PNG")
    assert len((home / "samples.csv").read_text().splitlines()) > 10


def test_a_script_ends_at_its_first_failure(home: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", str(SCRIPT), "http://127.0.0.1:1"],
        capture_output=True, text=True, check=False, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert result.returncode == 3
    assert "nothing listens at 127.0.0.1:1" in result.stderr


def test_the_service_runs_a_command_that_there_is() -> None:
    unit = (SHARE / "nhem-tui-record.service").read_text()
    start = re.search(r"^ExecStart=(.*)$", unit, re.M)
    assert start is not None
    shell, option, script = shlex.split(start[1].replace("%%", "%"))
    assert (shell, option) == ("/bin/sh", "-c")
    words = shlex.split(script)
    assert words[:2] == ["exec", "nhem-tui"]
    assert parse(words[2:]).command == "record"


def test_the_container_copies_what_there_is_and_is_nobody_special() -> None:
    text = (SHARE / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.M)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    let_through = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.M)
    assert {*let_through} == {*" ".join(copied).split()}
    assert re.findall(r"^USER (.*)$", text, re.M) == ["nhem"]
    assert text.rstrip().endswith('ENTRYPOINT ["nhem-tui"]')


@pytest.mark.parametrize("name", ["Dockerfile", "nhem-tui-record.service"])
def test_commands_in_comments_are_understood(name: str) -> None:
    """Lines of a comment that call the program, as somebody would copy them."""
    text = (SHARE / name).read_text().replace("\\\n#", "")
    lines = re.findall(
        r"^#   .*?\bnhem-tui ((?:demo|record|settings) .*)$|`nhem-tui (.*)`", text, re.M
    )
    assert lines
    for one, other in lines:
        parse(shlex.split(one or other, comments=True))
