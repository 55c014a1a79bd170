"""Writes samples to a file for other programs: the one way out, whatever the format."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import IO, Final, Literal, Protocol, cast, get_args

from msgspec import Struct

from nhem_tui.recording.dataset import Dataset, from_first_frame
from nhem_tui.recording.errors import RecordingError, UnusableError
from nhem_tui.recording.target import check_target, written
from nhem_tui.stream.buffer import Slice
from nhem_tui.stream.events import Channel

Format = Literal["csv", "npz", "json", "svg", "png", "ansi", "html", "pdf"]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)

_MODULES: Final[dict[Format, str]] = {
    "csv": "csv",
    "npz": "npz",
    "json": "json",
    "svg": "drawings",
    "ansi": "drawings",
    "html": "drawings",
    "png": "figures",
    "pdf": "figures",
}

_CHARTS: Final = ("svg", "ansi", "html", "png", "pdf")
"""Formats that show a curve over the time of the recording."""

_COMPACT: Final = ("npz", "png", "pdf")
"""Formats that compress by themselves."""

GZIP: Final = ".gz"

_LEVEL: Final = 4
"""Of gzip: 8 % larger than 6 in half the time."""


class CancelledError(Exception):
    """The user did not want it any more; nothing was written."""


class Order(Struct, frozen=True):
    """What is to be written.

    Attributes:
        format: of the file.
        path: where to; ``.gz`` is added where gzip is applied.
        metadata: units, server, parameters, gaps as well.
        compress: with gzip, or within where the format can; a path that ends in ``.gz`` wants it.
        overwrite: replace an existing file.
        size: width and height of charts in inches; 100 pixels or 12×5 cells each.
    """

    format: Format
    path: Path
    metadata: bool = True
    compress: bool = False
    overwrite: bool = False
    size: tuple[float, float] = (10.0, 6.0)

    @property
    def target(self) -> Path:
        """The file that will be there in the end."""
        if self.gzipped and not is_gzip(self.path):
            return self.path.with_name(self.path.name + GZIP)
        return self.path

    @property
    def gzipped(self) -> bool:
        """The whole file goes through gzip."""
        return (self.compress or is_gzip(self.path)) and self.format not in _COMPACT


class Work:
    """One export under way: hands out samples, reports how far it is, stops when cancelled."""

    def __init__(
        self,
        data: Dataset,
        order: Order,
        report: Callable[[float], None],
        cancelled: threading.Event,
    ) -> None:
        self.data = data
        self.order = order
        self.passes = 1
        self._report = report
        self._cancelled = cancelled
        self._done = 0

    def slices(self, channel: Channel) -> Iterator[Slice]:
        """The samples of a channel.

        Raises:
            CancelledError: the user does not want it any more.
        """
        for part in self.data.slices(channel):
            if self._cancelled.is_set():
                raise CancelledError
            yield part
            self._done += len(part.t)
            self._report(min(self._done / (self.data.count * self.passes), 1.0))


class Module(Protocol):
    """What a module below `nhem_tui.recording.formats` offers."""

    def check(self, data: Dataset, order: Order) -> None:
        """Refuse what cannot be done, before a file is begun.

        Raises:
            RecordingError: it cannot be done.
        """

    def write(self, work: Work, file: IO[bytes]) -> None:
        """Write it."""


def export(
    data: Dataset,
    order: Order,
    *,
    report: Callable[[float], None] = lambda _: None,
    cancelled: threading.Event | None = None,
) -> Path:
    """Write samples to a file; for a thread, not for an event loop.

    Args:
        data: what is written.
        order: how and where.
        report: told how far it is, from 0 to 1, in the same thread.
        cancelled: set by whoever does not want it any more.

    Returns:
        The file written.

    Raises:
        RecordingError: there is nothing to write, or it cannot be written.
        CancelledError: `cancelled` was set.
    """
    data = shown(data, order.format)
    if not data.count:
        raise RecordingError("there are no samples to export")
    module = cast(Module, import_module(f"nhem_tui.recording.formats.{_MODULES[order.format]}"))
    if order.format in _COMPACT and is_gzip(order.path):
        raise UnusableError(f"{order.format} compresses by itself", f"leave {GZIP} away")
    check_target(order.target, overwrite=order.overwrite, source=data.file)
    module.check(data, order)
    work = Work(data, order, report, cancelled or threading.Event())
    with ExitStack() as stack:
        file = stack.enter_context(
            written(order.target, overwrite=order.overwrite, source=data.file)
        )
        if order.gzipped:
            packed = stack.enter_context(gzip.GzipFile("", "wb", _LEVEL, file))
            file = cast(IO[bytes], packed)
        module.write(work, file)
    return order.target


def shown(data: Dataset, kind: Format) -> Dataset:
    """What a file of this kind holds: charts begin with the first frame, all others hold all."""
    return from_first_frame(data) if kind in _CHARTS else data


def is_gzip(path: Path) -> bool:
    """Tell whether a file name says that gzip packed it."""
    return path.suffix.lower() == GZIP


def format_of(path: Path) -> Format | None:
    """The format that the ending of a file name says, ``.gz`` aside; None if it has no ending.

    Raises:
        ValueError: its ending is none of the formats.
    """
    ending = (path.with_suffix("") if is_gzip(path) else path).suffix
    known = {f".{kind}": kind for kind in FORMATS}
    if ending and ending.lower() not in known:
        raise ValueError(f"{ending} is none of the formats: {', '.join(FORMATS)}")
    return known.get(ending.lower())
