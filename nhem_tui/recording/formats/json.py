"""JSON: one object with the metadata and, for each channel, one list a column."""

from __future__ import annotations

from typing import IO

import msgspec

from nhem_tui.recording.dataset import Dataset
from nhem_tui.recording.export import Order, Work
from nhem_tui.recording.formats.columns import COLUMNS, column
from nhem_tui.stream.events import Channel


def check(data: Dataset, order: Order) -> None:
    """Anything can be written as JSON."""


def write(work: Work, file: IO[bytes]) -> None:
    """Write the document."""
    work.passes = len(COLUMNS)
    begun = b"{"
    if work.order.metadata:
        file.write(b'{"metadata":' + msgspec.json.encode(work.data.told()))
        begun = b","
    for channel in work.data.channels:
        file.write(begun + b'"' + channel.encode() + b'":')
        _channel(work, channel, file)
        begun = b","
    file.write(b"}\n")


def _channel(work: Work, channel: Channel, file: IO[bytes]) -> None:
    for number, name in enumerate(COLUMNS):
        file.write((b"," if number else b"{") + b'"' + name.encode() + b'":[')
        for place, part in enumerate(column(work, channel, name)):
            file.write(b"," if place else b"")
            file.write(msgspec.json.encode(part.tolist())[1:-1])
        file.write(b"]")
    file.write(b"}")
