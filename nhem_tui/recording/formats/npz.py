"""NPZ: numpy's own arrays, ``main_t``, ``main_value`` …, and the metadata as JSON text."""

from __future__ import annotations

import zipfile
from typing import IO

import msgspec
import numpy as np
from numpy.lib.format import write_array, write_array_header_1_0

from nhem_tui.recording.dataset import Dataset
from nhem_tui.recording.export import Order, Work
from nhem_tui.recording.formats.columns import COLUMNS, column


def check(data: Dataset, order: Order) -> None:
    """Anything can be written as NPZ."""


def write(work: Work, file: IO[bytes]) -> None:
    """Write the archive; ``numpy.load`` reads it without pickle."""
    work.passes = len(COLUMNS)
    method = zipfile.ZIP_DEFLATED if work.order.compress else zipfile.ZIP_STORED
    data = work.data
    with zipfile.ZipFile(file, "w", method) as archive:
        for channel in data.channels:
            shape = (data.metadata.samples[channel],)
            for name, kind in COLUMNS.items():
                with _member(archive, f"{channel}_{name}") as member:
                    header = {"descr": kind.str, "fortran_order": False, "shape": shape}
                    write_array_header_1_0(member, header)
                    for part in column(work, channel, name):
                        member.write(part.tobytes())
        if work.order.metadata:
            text = msgspec.json.encode(data.told()).decode()
            with _member(archive, "metadata") as member:
                write_array(member, np.array(text))


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    return archive.open(f"{name}.npy", "w", force_zip64=True)
