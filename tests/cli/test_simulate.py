"""``simulate``: a server in the foreground, that says where it listens."""

from __future__ import annotations

import json
import signal
import socket

import pytest

from nhem_tui.cli.main import main
from tests.cli.support import program


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_it_says_where_it_listens(more: list[str]) -> None:
    with program("simulate", "--port", "0", *more) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if more:
            told = json.loads(line)
            assert told["type"] == "listening"
            assert told["url"].startswith("http://127.0.0.1:")
        else:
            assert line.startswith("listening http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_port_in_use_is_an_error_as_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["simulate", "--port", port, "--json"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    error = json.loads(told.err)
    assert (error["type"], error["exit"]) == ("error", 1)
    assert error["text"] == (
        f"cannot listen on 127.0.0.1 port {port}: Address already in use; --port 0 takes a free one"
    )


def test_a_host_of_which_nobody_knows_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--port", "0", "--host", "nowhere.invalid"]) == 1
    told = capsys.readouterr().err
    assert told == "error: cannot listen on nowhere.invalid port 0: the host is not known\n"
