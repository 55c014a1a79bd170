"""CSV: one sample a line, metadata as comments above; pandas reads it with ``comment="#"``."""

from __future__ import annotations

from typing import IO, Final

import msgspec

from nhem_tui.recording.dataset import Dataset, Metadata
from nhem_tui.recording.export import Order, Work
from nhem_tui.recording.peaks import consecutive

HEADER: Final = "channel,epoch,number,t,value,simulated\n"


def check(data: Dataset, order: Order) -> None:
    """Anything can be written as CSV."""


def write(work: Work, file: IO[bytes]) -> None:
    """Write the lines: `t` to the microsecond, which is all the server has, `value` exactly."""
    if work.order.metadata:
        file.write("".join(f"# {line}\n" for line in about(work.data.told())).encode())
    file.write(HEADER.encode())
    for channel in work.data.channels:
        for part in work.slices(channel):
            for run in consecutive(part):
                # Nearly all is the same in all lines of a run: half the time.
                line = f"{channel},{run.epochs[0]},%d,%.6f,%r,%d\n"
                columns = (run.numbers, run.t, run.values, run.simulated)
                rows = zip(*(column.tolist() for column in columns), strict=True)
                file.write("".join(map(line.__mod__, rows)).encode())


def about(metadata: Metadata) -> list[str]:
    """Metadata as lines ``name: value``; values that are no text or number are JSON."""
    lines = []
    for name, value in msgspec.to_builtins(metadata).items():
        if isinstance(value, list | tuple):  # gaps, marks, parameters, peaks
            lines += [f"{name.removesuffix('s')}: {_json(one)}" for one in value]
        elif isinstance(value, dict):
            lines += [f"{name}.{key}: {_plain(inner)}" for key, inner in value.items()]
        else:
            lines.append(f"{name}: {_plain(value)}")
    return lines


def _plain(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else _json(value)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
