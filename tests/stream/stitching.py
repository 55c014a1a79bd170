"""Feeds a stitcher as the poller does, and checks what it tells against the truth."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nhem_tui.stream.stitch import AnotherProcess, Fresh, Look, Missing, Renumbered, Stitcher
from nhem_tui.stream.window import Window
from tests.stream.model_server import ModelServer


def at(moment: float) -> Look:
    """A look that took no time."""
    return Look(moment, moment)


class Listener:
    """Feeds a stitcher as the poller does and checks what it tells against the truth."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.stitcher = Stitcher()
        self.epoch = 1
        self.process_of = {1: 1}
        self.told: list[tuple[int, int, float, float]] = []
        self.gaps: list[tuple[int, int, int]] = []
        self.untied: set[int] = set()

    def begin(self, process: int) -> None:
        """Note that numbers begin anew."""
        self.epoch += 1
        self.process_of[self.epoch] = process

    def poll(self, count: int, race: int = 0, looks: int = 4) -> None:
        for _ in range(looks):
            window = self.server.window(count, raise_labels=race)
            race = 0  # never twice in a row: the race was not seen in 9281 requests
            if window is None:
                return
            if self.stitcher.last is not None and window.first >= self.stitcher.last:
                self.untied.add(window.first)  # no two shared samples: the step is unknown
            self.take(window)
            if not self.stitcher.pending:
                return
            count = 200

    def take(self, window: Window) -> None:
        for outcome in self.stitcher.feed(window, at(self.server.now)):
            match outcome:
                case AnotherProcess():
                    self.begin(self.process_of[self.epoch] + 1)
                case Renumbered():
                    self.begin(self.process_of[self.epoch])
                case Missing(first, last):
                    self.gaps.append((self.epoch, first, last))
                case Fresh(numbers, t, values):
                    self.told += [
                        (self.epoch, int(n), float(s), float(v))
                        for n, s, v in zip(numbers, t, values, strict=True)
                    ]

    def check(self, *, tick: float = 1e-6) -> None:
        keys = [(epoch, number) for epoch, number, _, _ in self.told]
        assert len(keys) == len(set(keys)), "a sample was told twice"
        truth = self.server.truth
        for epoch, number, _, value in self.told:
            made = truth[self.process_of[epoch], number]
            assert made[1] == value, "a sample under a wrong number"
        for epoch in {key[0] for key in keys}:
            numbers = {number for e, number in keys if e == epoch}
            missing = {
                n for e, first, last in self.gaps if e == epoch for n in range(first, last + 1)
            }
            assert not numbers & missing, "a sample was told and called lost"
            every = numbers | missing
            assert every == set(range(min(every), max(every) + 1)), "a silent gap"
            if self.process_of[epoch] > self.process_of.get(epoch - 1, 0) and epoch > 1:
                assert min(every) == 1, "what a new process did before it was seen is a gap"
        times = [t for _, _, t, _ in self.told]
        assert times == sorted(times), "time ran backwards"
        for (e0, n0, t0, _), (e1, n1, t1, _) in pairwise(self.told):
            if e0 == e1 and n1 == n0 + 1 and n1 not in self.untied:
                process = self.process_of[e1]
                true = truth[process, n1][0] - truth[process, n0][0]
                assert t1 - t0 == pytest.approx(true, abs=5 * tick), "not the server's own spacing"
