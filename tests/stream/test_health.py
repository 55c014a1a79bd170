"""What the health of the link tells after requests that went well or badly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhem_tui.backend.errors import (
    BackendError,
    BadData,
    FaultKind,
    NoData,
    Refused,
    ServerFault,
    TimedOut,
    Unreachable,
)
from nhem_tui.stream.health import EndpointHealth, LinkHealth

STATUS = "GET /status"


def only(health: LinkHealth) -> EndpointHealth:
    (endpoint,) = health.endpoints()
    return endpoint


def test_percentiles_are_those_of_numpy() -> None:
    health = LinkHealth()
    took = np.random.default_rng(3).gamma(2.0, 0.004, 300)
    for seconds in took:
        health.observe(STATUS, float(seconds), None)
    status = only(health)
    expected = np.percentile(took, (50, 95, 99))
    assert (status.p50, status.p95, status.p99) == pytest.approx(tuple(expected))
    assert (status.endpoint, status.count, status.failed) == (STATUS, 300, 0)


def test_endpoints_are_kept_apart_in_the_order_of_their_first_requests() -> None:
    health = LinkHealth()
    for endpoint in (STATUS, "GET /health", STATUS, "POST /control"):
        health.observe(endpoint, 0.001, None)
    told = [(each.endpoint, each.count) for each in health.endpoints()]
    assert told == [(STATUS, 2), ("GET /health", 1), ("POST /control", 1)]


def test_only_the_newest_latencies_are_kept_but_all_requests_are_counted() -> None:
    health = LinkHealth(window=4)
    for seconds in (9.0, 9.0, 9.0, 0.1, 0.2, 0.3, 0.4):
        health.observe(STATUS, seconds, None)
    status = only(health)
    assert status.latencies.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert status.p99 < 0.5
    assert status.count == 7


def test_errors_are_counted_by_kind_and_the_last_one_is_kept() -> None:
    times = iter([10.0, 11.0, 12.0])
    health = LinkHealth(wall=lambda: next(times))
    health.observe(STATUS, 0.1, Refused("nothing listens"))
    health.observe(STATUS, 0.1, ServerFault("a fault", status=500))
    health.observe(STATUS, 0.1, Refused("nothing listens yet"))
    health.observe(STATUS, 0.1, None)
    status = only(health)
    assert status.errors == {FaultKind.REFUSED: 2, FaultKind.SERVER_FAULT: 1}
    assert (status.count, status.failed) == (4, 3)
    last = status.last_error
    assert last is not None
    assert (last.at, last.kind, last.text) == (12.0, FaultKind.REFUSED, "nothing listens yet")


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (None, True),
        (ServerFault("500"), True),
        (BadData("not JSON"), True),
        (TimedOut("no answer"), True),
        (Refused("nothing listens"), False),
        (Unreachable("no route"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_latency_is_the_time_until_an_answer_or_until_patience_ran_out(
    error: BackendError | None, counts: bool
) -> None:
    health = LinkHealth()
    health.observe(STATUS, 0.25, error)
    status = only(health)
    assert status.count == 1
    assert status.latencies.tolist() == ([0.25] if counts else [])
    assert math.isnan(status.p50) is not counts


def test_a_server_without_data_yet_is_no_error() -> None:
    health = LinkHealth()
    health.observe("GET /data/window-capture", 0.002, NoData("no frames", status=404))
    window = only(health)
    assert (window.failed, window.last_error) == (0, None)
    assert window.p50 == 0.002


def test_what_was_told_does_not_change_later() -> None:
    health = LinkHealth()
    health.observe(STATUS, 0.1, Refused("nothing listens"))
    before = only(health)
    health.observe(STATUS, 0.1, Refused("nothing listens"))
    health.observe(STATUS, 0.1, None)
    assert (before.count, before.failed, before.latencies.size) == (1, 1, 0)
