"""Keys and answers in pieces, answers that come late, bytes that are no text."""

from __future__ import annotations

import os
import sys
import threading
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.dashboard import environment
from benchmarks.startup import curved
from benchmarks.terminal import Terminal
from nhem_tui.cli.simulator_process import simulator
from nhem_tui.tui.terminal.keyboard import PASTE, PATIENCE, Joiner, pieces

TYPED = ("a", "é", "\x1b[C", "\x1b[<35;10;20M", "\x1b[1;5D", "\x1bOP", "\x1b[I", "▲", " ")
ASKED = ("\x1b[24;80R", "\x1b[?2026;2$y")
"""Answers that the program waits for."""
LATE = (
    "\x1b[?62;4;22c",
    "\x1b[?1c",
    "\x1b[6;20;10t",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b_Gi=31;ENO\x1b\\",
    "\x1b[>41;370;0c",
    "\x1b[?997;1n",
    "\x1b[0n",
    "\x1b[8;24;80t",
    "\x1bP>|XTerm(370)\x1b\\",
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "\x1b]lsx\x1b\\",
)


@given(st.data())
def test_pieces_are_joined_and_late_answers_are_no_keys(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.sampled_from((*TYPED, *ASKED, *LATE)), max_size=12))
    stream = "".join(parts).encode()
    after_escape = {n + 1 for n, byte in enumerate(stream) if byte == 0x1B}
    after_alt = {n + 1 for n in after_escape if stream[n : n + 1] in (b"P", b"]")}
    # An escape alone is a key, and so is one with another key.
    possible = sorted(set(range(1, len(stream))) - after_escape - after_alt)
    cuts = sorted(data.draw(st.sets(st.sampled_from(possible)))) if possible else []
    joiner, heard = Joiner(), []
    for start, stop in pairwise([0, *cuts, len(stream)]):
        heard.append(joiner.take(stream[start:stop], 0.0))
    assert "".join(heard) == "".join(part for part in parts if part not in LATE)
    assert not any(text.endswith(("\x1b[", "\x1b[2", "\x1b[24;8")) for text in heard)


@given(st.data())
def test_what_is_pasted_holds_no_keys(data: st.DataObject) -> None:
    """Escapes are taken out of it, wherever it is torn; before and behind it they are keys."""
    inside = data.draw(st.lists(st.sampled_from(("a", "q\n", "é", "\x1b", "\x1b[31m", "[2", "01"))))
    begin, end = PASTE
    stream = f"\x1b[C{begin}{''.join(inside)}{end}x\x1b[A".encode()
    first = stream.index(begin.encode()) + 1  # torn there, its escape is a key
    possible = [n for n in range(1, len(stream) - 2) if n not in (1, first)]
    cuts = sorted(data.draw(st.sets(st.sampled_from(possible), max_size=6)))
    joiner = Joiner()
    heard = "".join(
        joiner.take(stream[start:stop], 0.0) for start, stop in pairwise([0, *cuts, len(stream)])
    )
    pasted = "".join(inside).replace("\x1b", "")
    assert heard == f"\x1b[C{begin}{pasted}{end}x\x1b[A"


def test_a_sequence_that_never_ends_is_given_up() -> None:
    joiner = Joiner()
    assert joiner.take(b"\x1b[24;", 10.0) == ""
    assert joiner.take(b"", 10.0 + PATIENCE / 2) == ""
    assert joiner.take(b"", 10.0 + PATIENCE) == "\x1b[24;"
    assert joiner.take(b"", 20.0) == ""


def test_an_escape_is_told_at_once() -> None:
    assert Joiner().take(b"\x1b", 0.0) == "\x1b"


def test_reading_ends_with_the_terminal_and_when_told_to() -> None:
    read, write = os.pipe()
    os.write(write, b"q\xff")
    os.close(write)
    assert "".join(pieces(read, threading.Event())) == "q\ufffd"
    told = threading.Event()
    told.set()
    assert list(pieces(read, told)) == []
    os.close(read)


def test_noise_on_the_line_is_survived(tmp_path: Path) -> None:
    with simulator("--running") as server:
        command = [sys.executable, "-m", "nhem_tui", "--url", server.url()]
        environ = environment() | {"HOME": str(tmp_path)}
        terminal = Terminal(command, width=120, height=40, environ=environ)
        terminal.run_until(curved, 20)
        terminal.send(b"\xe9\xff\x00\x1b[?62;22c ")
        terminal.run_until_new(lambda out: b"FROZEN" in out, 20)
        assert terminal.close(b"q")[0] == 0
