"""The right edge of a live display: smooth, never backwards, never beyond what is known."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.stream.playhead import Playhead


@given(
    replies=st.lists(
        st.tuples(
            st.floats(0.0, 3.0),  # seconds until the reply
            st.floats(0.0, 3.0),  # seconds of samples it brings
        ),
        min_size=1,
        max_size=40,
    ),
    looks=st.integers(1, 5),
)
def test_it_never_runs_backwards_nor_ahead(replies: list[tuple[float, float]], looks: int) -> None:
    head, now, newest, shown = Playhead(), 100.0, 0.0, 0.0
    for wait, brought in replies:
        for look in range(looks):
            at = head.at(now + wait * look / looks)
            if at is not None:
                assert shown <= at <= newest
                shown = at
        now, newest = now + wait, newest + brought
        head.heard(newest, now)


def test_it_moves_evenly_between_replies() -> None:
    head, shown = Playhead(), []
    for tick in range(1, 401):
        now = tick * 0.025
        if tick % 4 == 0:  # a reply each 0.1 s
            head.heard(now, now)
        shown.append(head.at(now) or 0.0)
    steps = [after - before for before, after in itertools.pairwise(shown[200:])]
    assert min(steps) > 0.02
    assert max(steps) < 0.03


def test_it_reaches_the_newest_sample_when_no_more_come() -> None:
    head = Playhead()
    for tick in range(1, 21):
        head.heard(tick * 0.1, tick * 0.1)
    assert head.at(10.0) == 2.0


def test_it_is_empty_before_the_first_sample() -> None:
    assert Playhead().at(1.0) is None
