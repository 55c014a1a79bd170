"""Messages of the workers: where they go, and which of them make others needless."""

from __future__ import annotations

from nhem_tui.tui.messages import StreamMoved


def test_that_the_stream_moved_is_for_the_screen_alone() -> None:
    assert not StreamMoved.bubble


def test_only_the_newest_moves_matter() -> None:
    assert StreamMoved().can_replace(StreamMoved())
