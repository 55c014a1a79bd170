"""What reaches stdout and stderr, and in which dress."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.cli.output import Output, as_json, plain

HOSTILE = "\x1b[2J\x1b]0;owned\x07 caf\u00e9 \u202egnp\u202c \x9b31m line\nnext\u2028third"


@given(st.text())
def test_plain_text_is_one_line_without_control_characters(text: str) -> None:
    cleaned = plain(text)
    assert len(cleaned.splitlines()) <= 1
    assert all(ord(sign) >= 32 and not 127 <= ord(sign) < 160 for sign in cleaned)


def test_plain_keeps_every_script() -> None:
    assert plain("密码错误 é ▲") == "密码错误 é ▲"
    assert plain("one\ntwo\tthree\x07\x1b[2J") == "one two three[2J"


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5), st.booleans())
def test_json_comes_back_unchanged_and_cannot_steer_a_terminal(value: object, ascii_: bool) -> None:
    text = as_json(value, ascii_only=ascii_)
    assert json.loads(text) == value
    assert plain(text) == text


def test_data_goes_to_stdout_and_talk_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output()
    out.line("data")
    out.note("talk")
    out.warn("careful")
    assert capsys.readouterr() == ("data\n", "talk\nwarning: careful\n")


def test_quiet_leaves_data_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=True)
    out.line("data")
    out.note("talk")
    out.warn("careful")
    out.fail("broken", hint="mend it")
    assert capsys.readouterr() == ("data\n", "error: broken\nhint: mend it\n")


def test_details_are_told_only_when_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    Output().detail("hidden")
    Output(verbose=True).detail("shown")
    assert capsys.readouterr().err == "shown\n"


def test_server_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output()
    out.line(HOSTILE)
    out.rows([(HOSTILE, HOSTILE)])
    out.table(["head"], [[HOSTILE]])
    out.fail(HOSTILE)
    told = capsys.readouterr()
    for text in told:
        assert not set(text) & set("\x1b\x07\x9b\u202e\u2028")
    assert told.out.count("\n") == 4
    assert "café" in told.out


def test_errors_are_json_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).fail("no", hint="yes", exit=3, status=None, code="")
    record = json.loads(capsys.readouterr().err)
    assert record == {"type": "error", "text": "no", "exit": 3, "hint": "yes"}


def test_nothing_is_left_of_a_secret_that_begins_as_another() -> None:
    out = Output()
    out.secrets += ["sesame", "sesame-31415"]
    assert out.clean("open sesame-31415") == "open •••"


def test_so_is_everything_else_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(as_json=True, verbose=True)
    out.secrets.append("sesame")
    out.warn("careful, sesame")
    out.note("talk")
    out.detail("more talk")
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert told == [
        {"type": "warning", "text": "careful, •••"},
        {"type": "notice", "text": "talk"},
        {"type": "notice", "text": "more talk"},
    ]


def test_some_warnings_are_for_who_wants_quiet_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=True)
    out.warn("careful")
    out.warn("another server", even_quiet=True)
    assert capsys.readouterr().err == "warning: another server\n"


def test_a_document_made_here_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(as_json=True)
    out.secrets.append("2026")
    out.json({"at": "2026-11-26", "version": out.masked({"deep": ["of 2026"]})})
    out.fail("in 2026", endpoint="GET /2026")
    told = capsys.readouterr()
    assert json.loads(told.out) == {"at": "2026-11-26", "version": {"deep": ["of •••"]}}
    assert json.loads(told.err) == {"type": "error", "text": "in •••", "endpoint": "GET /2026"}


class Terminal:
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [({"TERM": "xterm"}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_only_on_a_terminal_that_wants_them(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], coloured: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    Output(environ=environ).rows([("state", "running", "good")])
    assert ("\x1b[" in terminal.text) is coloured


def test_no_colours_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    Output(environ={"TERM": "xterm"}).rows([("state", "running", "good"), ("frame", "7")])
    assert capsys.readouterr().out == "state  running\nframe  7\n"


def test_a_terminal_of_another_encoding_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    terminal.encoding = "ascii"
    monkeypatch.setattr("sys.stdout", terminal)
    out = Output(environ={})
    out.line("20 °C")
    out.json({"message": "密"})
    assert terminal.text.startswith("20 \\xb0C\n")
    assert json.loads(terminal.text.partition("\n")[2]) == {"message": "密"}
