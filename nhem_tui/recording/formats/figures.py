"""PNG and PDF for print, through matplotlib where it is installed."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from nhem_tui.notation.installing import how_to_install
from nhem_tui.plot.palette import LIGHT
from nhem_tui.recording.dataset import Dataset
from nhem_tui.recording.errors import RecordingError
from nhem_tui.recording.export import Order, Work
from nhem_tui.recording.formats.curves import Chart, charts, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI: Final = 200
"""Dots to the inch of a PNG."""


def check(data: Dataset, order: Order) -> None:
    """Refuse where matplotlib is missing.

    Raises:
        RecordingError: it is.
    """
    if find_spec("matplotlib") is None:
        raise RecordingError(
            f"{order.format} needs matplotlib, which is not installed",
            f"{how_to_install('matplotlib')}, or export as svg",
        )


def write(work: Work, file: IO[bytes]) -> None:
    """Draw all channels below each other."""
    # Not pyplot: it keeps figures, chooses a screen and belongs to the main thread.
    from matplotlib.figure import Figure

    drawn = charts(work, round(2 * work.order.size[0] * DPI))
    width, height = share(work.order.size, len(drawn))
    figure = Figure(figsize=(width, height * len(drawn)), dpi=DPI, layout="constrained")
    axes = figure.subplots(len(drawn), squeeze=False)
    for chart, (place,) in zip(drawn, axes, strict=True):
        _draw(place, chart)
    figure.savefig(file, format=work.order.format, metadata=_facts(work))


def _draw(axes: Axes, chart: Chart) -> None:
    view, options = chart.viewport, chart.options
    axes.plot(chart.series.t, chart.series.values, color=LIGHT["line"], linewidth=0.8)
    if options.threshold is not None:
        axes.axhline(options.threshold, color=LIGHT["threshold"], linestyle=":", linewidth=0.8)
    for peak in options.peaks:
        colour = LIGHT[peak.role]
        axes.axvspan(peak.start, peak.end, color=colour, alpha=0.12, linewidth=0)
        axes.plot(
            peak.apex,
            peak.value,
            marker="^" if peak.stable else "v",
            color=colour,
            fillstyle="none" if peak.provisional else "full",
        )
    for t in options.marks:
        axes.axvline(t, color=LIGHT["mark"], linestyle="--", linewidth=0.8)
    axes.set(
        xlim=(view.t0, np.nextafter(view.t1, np.inf)),
        ylim=(view.low, view.high),
        title=chart.title.replace("$", r"\$"),
        xlabel="Time (s)",
        ylabel="Gray level",
    )
    axes.grid(color=LIGHT["grid"], linewidth=0.5)


def _facts(work: Work) -> dict[str, Any]:
    program = work.data.metadata.program
    if not work.order.metadata:
        return {}
    facts = json.dumps(msgspec.to_builtins(work.data.metadata))
    if work.order.format == "png":
        return {"Software": program, "Description": facts}
    return {"Creator": program, "Subject": facts}
