"""Bytes that nobody thought of, for a bounded time: ``python -m benchmarks.fuzz [--seconds 60]``.

Needs atheris (the extra ``bench``). A decoder that is fed anything gives a typed reply or a
`BackendError`; a ledger that is fed any windows tells no sample twice, none without a value, and
no time that runs backwards. A finding is written to the folder the program runs in, as libFuzzer
does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris
import msgspec

with atheris.instrument_imports(include=["nhem_tui.backend", "nhem_tui.stream"]):
    from nhem_tui.backend import line_types, types, window_types
    from nhem_tui.backend.decode import read_reply
    from nhem_tui.backend.errors import BackendError
    from nhem_tui.backend.wire import Call, RawReply
    from nhem_tui.stream import events as ev
    from nhem_tui.stream.ledger import Ledger
    from nhem_tui.stream.stitch import Look
    from nhem_tui.stream.windows import main_window, roi_window

REPLIES = {
    "/health": types.Health,
    "/status": types.Status,
    "/data/realtime": types.Realtime,
    "/data/dual-realtime": types.DualRealtime,
    "/data/realtime/enhanced": line_types.EnhancedRealtime,
    "/data/window-capture": window_types.Window,
    "/data/roi-window-capture": window_types.RoiWindow,
    "/data/roi-window-capture-with-peaks": window_types.RoiWindowPeaks,
}
PATHS = tuple(REPLIES)
RECORDINGS = Path(__file__).parent.parent / "tests" / "data" / "recordings"
CONTROLS = 4
"""Bytes at the beginning that say what is asked, and how it is answered."""

KINDS = ("application/json", "text/html", "", "text/plain")
STATUSES = (200, 200, 200, 400, 401, 404, 405, 422, 500, 302)


def decode(data: bytes) -> None:
    """One reply of any endpoint, and the window in it."""
    if len(data) < CONTROLS:
        return
    path = PATHS[data[0] % len(PATHS)]
    status = STATUSES[data[1] % len(STATUSES)]
    kind = KINDS[data[2] % len(KINDS)]
    lenient, body = bool(data[3] % 2), data[CONTROLS:]
    call = Call("GET", path, repeatable=True)
    raw = RawReply(status, {"content-type": kind}, body)
    try:
        reply = read_reply(raw, REPLIES[path], call, lenient=lenient)
        if isinstance(reply, window_types.RoiWindow):
            roi_window(reply)
        elif isinstance(reply, window_types.Window):
            main_window(reply)
    except BackendError as error:
        if not error.text:
            raise AssertionError("an error without words") from error


def stitch(data: bytes) -> None:
    """Any windows, one after the other, through the reply that would bring them."""
    fuzzed = atheris.FuzzedDataProvider(data)
    told: list[ev.Event] = []
    ledger = Ledger(told.append, lambda: None)
    now = 0.0
    while fuzzed.remaining_bytes() > 8 and len(told) < 200:
        count = fuzzed.ConsumeIntInRange(1, 12)
        newest = fuzzed.ConsumeIntInRange(0, 60)
        t, series = 0.0, []
        for _ in range(count):
            t += fuzzed.ConsumeIntInRange(0, 40) / 1000
            value = fuzzed.PickValueInList([100.0, 101.0, 150.0, float("nan"), 1e9])
            series.append(types.Point(t=t, value=value))
        now += fuzzed.ConsumeIntInRange(0, 2000) / 1000
        reply = window_types.Window(
            series=tuple(series),
            capture_metadata=window_types.WindowMetadata(current_frame_count=newest),
        )
        try:
            window = main_window(reply)
        except BackendError:
            continue
        if window is not None:
            ledger.take_main(window, Look(now, now), now)
    _check(told)


def _check(told: list[ev.Event]) -> None:
    seen: set[tuple[int, int]] = set()
    newest = float("-inf")
    for event in told:
        if isinstance(event, ev.Samples):
            for number, t, value in zip(event.numbers, event.t, event.values, strict=True):
                key = event.epoch, int(number)
                assert key not in seen, f"{key} told twice"  # noqa: S101 - what a fuzzer looks for
                assert value == value, "a sample without a value"  # noqa: S101
                assert t >= newest, "time ran backwards"  # noqa: S101
                seen.add(key)
                newest = float(t)
        elif isinstance(event, ev.Gap):
            lost = {(event.epoch, n) for n in range(event.first, min(event.last, event.first + 99))}
            assert not lost & seen, "told and called lost"  # noqa: S101


TARGETS = {"decode": decode, "stitch": stitch}


def main() -> None:
    """Fuzz one target for so long; atheris ends the process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as corpus:
        for number, recording in enumerate(sorted(RECORDINGS.glob("*.json"))):
            body = msgspec.json.encode(msgspec.json.decode(recording.read_bytes())["body"])
            for path in range(len(PATHS)):
                Path(corpus, f"{number}-{path}").write_bytes(bytes((path, 0, 0, 0)) + body)
        options = [sys.argv[0], f"-max_total_time={args.seconds}"]
        options += ["-max_len=20000", corpus] if args.target == "decode" else ["-max_len=300"]
        atheris.Setup(options, TARGETS[args.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
