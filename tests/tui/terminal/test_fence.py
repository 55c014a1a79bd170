"""What a terminal says of itself, and how long that takes."""

from __future__ import annotations

import os
import sys
import termios
import threading
from collections.abc import Iterator

import pytest

from nhem_tui.tui.terminal.fence import QUESTION, ask


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of a terminal that the program reads from and writes to."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r+b", buffering=0) as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        monkeypatch.setattr(sys, "__stdout__", stream)
        yield ours
    os.close(ours)


@pytest.mark.parametrize(
    ("said", "graphics"),
    [
        ([b"c\x1b[?62;", b"22c"], False),
        ([b"\x1b[?62;4;22c"], True),
        ([b"\x1b_Gi=31;OK\x1b", b"\\\x1b[?62c"], True),
        ([b"\x1b_Gi=31;ENOTSUP\x1b\\\x1b[?64;14c"], False),
    ],
)
def test_the_last_answer_is_awaited_and_nothing_else_is_taken_for_it(
    terminal: int, said: list[bytes], *, graphics: bool
) -> None:
    before = termios.tcgetattr(terminal)
    asked = b""

    def answer() -> None:
        nonlocal asked
        asked = os.read(terminal, 100)
        for part in said:
            os.write(terminal, part)

    thread = threading.Thread(target=answer)
    thread.start()
    answer = ask(10)
    thread.join()
    assert asked == QUESTION
    assert answer is not None
    assert 0 < answer.seconds < 10
    assert answer.graphics is graphics
    assert termios.tcgetattr(terminal) == before


def test_a_terminal_that_is_silent_is_not_waited_for(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    assert ask(0.05) is None
    assert termios.tcgetattr(terminal) == before


def test_a_pipe_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stdin, os.fdopen(write, "wb") as stdout:
        monkeypatch.setattr(sys, "__stdin__", stdin)
        monkeypatch.setattr(sys, "__stdout__", stdout)
        assert ask(10) is None
