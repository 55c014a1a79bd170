"""The thread that writes: everything, in order, and never waited for."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator

import pytest

from nhem_tui.tui.terminal.writer import ABANDONED, Writer

MEGABYTE = "x" * (1 << 20)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):  # closed by the test
            os.close(end)


def read_all(end: int) -> bytes:
    parts = []
    while part := os.read(end, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def until(condition: threading.Event) -> None:
    assert condition.wait(10)


def test_everything_arrives_in_order(pipe: tuple[int, int]) -> None:
    reader, target = pipe
    writer = Writer(target, gone=lambda: None)
    texts = [f"{number} ⠿ é\n" for number in range(5000)]
    for text in texts:
        writer.write(text)
    threading.Thread(target=lambda: (writer.stop(10), os.close(target))).start()
    assert read_all(reader).decode() == "".join(texts)
    assert writer.backlog == 0


def test_a_terminal_that_takes_nothing_stops_nobody(pipe: tuple[int, int]) -> None:
    _, target = pipe
    writer = Writer(target, gone=lambda: None)
    began = time.monotonic()
    for _ in range(40):  # Textual's own writer would block at the 31st
        writer.write(MEGABYTE)
    writer.stop(0.05)
    assert time.monotonic() - began < 5
    assert writer.backlog > 39 << 20, "what a pipe does not hold is known to be waiting"


def test_what_waits_is_left_out_when_it_does_not_matter_any_more(pipe: tuple[int, int]) -> None:
    reader, target = pipe
    writer = Writer(target, gone=lambda: None)
    writer.forget()
    for _ in range(3):
        writer.write(MEGABYTE)
    assert os.read(reader, 1) == b"x"
    writer.forget()
    writer.write("last words")
    threading.Thread(target=lambda: (writer.stop(10), os.close(target))).start()
    heard = read_all(reader).decode()
    assert heard.lstrip("x") == f"{ABANDONED}last words"
    assert len(heard) < len(MEGABYTE)
    assert writer.backlog == 0


def test_a_terminal_that_is_gone_is_told_once_and_the_rest_forgotten(pipe: tuple[int, int]) -> None:
    reader, target = pipe
    gone = threading.Event()
    calls = []
    writer = Writer(target, gone=lambda: (calls.append(1), gone.set()))
    os.close(reader)
    for _ in range(10):
        writer.write("to nobody")
    until(gone)
    writer.stop(10)
    assert calls == [1]
    assert writer.backlog == 0


def test_a_terminal_that_others_made_non_blocking_loses_nothing(pipe: tuple[int, int]) -> None:
    reader, target = pipe
    fcntl.fcntl(target, fcntl.F_SETFL, fcntl.fcntl(target, fcntl.F_GETFL) | os.O_NONBLOCK)
    writer = Writer(target, gone=lambda: None)
    writer.write(MEGABYTE)
    threading.Thread(target=lambda: (writer.stop(10), os.close(target))).start()
    assert len(read_all(reader)) == 1 << 20
