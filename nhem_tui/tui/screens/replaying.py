"""Steering a recording from the dashboard: pace, steps, jumps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from textual import work

from nhem_tui.recording import seeking
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.peaks import Tuning
from nhem_tui.recording.replay import ReplaySource
from nhem_tui.tui import words
from nhem_tui.tui.screens.charts import ChartScreen
from nhem_tui.tui.screens.prompt import Prompt

if TYPE_CHECKING:
    from nhem_tui.recording.places import Landmark


class Replaying(ChartScreen):
    """Mixed into the dashboard; its actions need a recording (`Needs.REPLAY`)."""

    def on_mount(self) -> None:
        """Go where the user wants to begin."""
        start = self.app.context.start
        if start is not None:
            self.run_worker(self._go(start), group="seek")

    @property
    def _replay(self) -> ReplaySource:
        source = self.app.context.source
        if not isinstance(source, ReplaySource):
            raise TypeError("the source is no recording")  # the action needs one
        return source

    @property
    def playing(self) -> bool:
        """There is a recording, and it does not stand still."""
        source = self.app.context.source
        return isinstance(source, ReplaySource) and source.playing

    def action_replay_play(self) -> None:
        """Play or stand still."""
        if self._replay.playing:
            self._replay.pause()
        else:
            self._replay.play()

    def action_replay_faster(self) -> None:
        """Twice as fast."""
        self._change_speed(2.0)

    def action_replay_slower(self) -> None:
        """Half as fast."""
        self._change_speed(0.5)

    def _change_speed(self, factor: float) -> None:
        self._replay.set_speed(self._replay.speed * factor)
        self.app.tell(f"Playing {self._replay.speed:g} times as fast as it was")

    def action_replay_loop(self) -> None:
        """Begin again at the end, or stop there."""
        self._replay.loop = not self._replay.loop
        self.app.tell("At the end it begins again" if self._replay.loop else "It ends at the end")

    @work(group="seek", exclusive=True)
    async def action_replay_step(self) -> None:
        """One frame on."""
        await self._go(seeking.Frames(1))

    @work(group="seek", exclusive=True)
    async def action_replay_step_back(self) -> None:
        """One frame back."""
        await self._go(seeking.Frames(-1))

    @work(group="seek", exclusive=True)
    async def action_replay_beginning(self) -> None:
        """To the first frame."""
        await self._go(seeking.Moment(0.0))

    @work(group="seek", exclusive=True)
    async def action_replay_next_peak(self) -> None:
        """To the next peak."""
        await self._go(seeking.NextLandmark("peak", 1))

    @work(group="seek", exclusive=True)
    async def action_replay_previous_peak(self) -> None:
        """To the peak before."""
        await self._go(seeking.NextLandmark("peak", -1))

    @work(group="question", exclusive=True)
    async def action_replay_seek(self) -> None:
        """Ask where to, and go there."""
        question = Prompt("Go to", seeking.HELP, check=seeking.parse_target)
        answer = await self.app.push_screen_wait(question)
        if answer is not None:
            await self._go(answer.value)

    async def _go(self, target: seeking.Target) -> None:
        """Go there and look at it, also where the display was frozen; say why that cannot be."""
        try:
            missing = await self._go_to(target)
        except RecordingError as error:
            self.app.tell(error.advice, "error")
            return
        if missing:
            self.app.tell(missing, "warning")
        else:
            self.action_view_newest()

    async def _go_to(self, target: seeking.Target) -> str:
        """Go there; else return what there is not."""
        replay = self._replay
        match target:
            case seeking.Frames(count):
                await replay.step(count)
            case seeking.Moment(t):
                await replay.seek(t)
            case seeking.FrameNumber(number, epoch):
                # Of the process that is shown, where none is named and it has such a frame.
                here = self.app.monitor.session.snapshot.epoch if epoch is None else epoch
                found = await replay.seek_frame(number, here)
                if not found and (epoch is not None or not await replay.seek_frame(number)):
                    of = "" if epoch is None else f" of epoch {epoch}"
                    return f"Frame {words.grouped(number)}{of} is not recorded"
            case seeking.NextLandmark(kind, direction):
                return await self._go_to_landmark(kind, direction)
        return ""

    async def _go_to_landmark(self, kind: Landmark, direction: int) -> str:
        replay, monitor = self._replay, self.app.monitor
        shown = monitor.tracker
        as_shown = Tuning(-math.inf, shown.threshold, shown.difference_threshold)
        own = monitor.tuned_here or not replay.tunings
        also = [mark.t for mark in monitor.moments] if kind == "mark" else []
        if await replay.seek_landmark(kind, direction, [as_shown] if own else [], also):
            return ""
        return f"There is no {kind} {'after' if direction > 0 else 'before'} this moment"
