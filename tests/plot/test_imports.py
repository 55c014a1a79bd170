"""What drawing costs before the first chart, seen in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

from tests.backend.test_imports import loaded_by


def test_the_live_renderer_loads_neither_plotext_nor_pillow() -> None:
    modules = loaded_by(
        "import nhem_tui.plot.braille, nhem_tui.plot.picture, nhem_tui.plot.output,"
        " nhem_tui.plot.svg, nhem_tui.plot.sparkline, nhem_tui.plot.viewport"
    )
    assert "numpy" in modules
    assert not modules & {"plotext", "PIL", "textual", "rich", "httpx"}


def test_plotext_draws_without_a_terminal_and_writes_nothing() -> None:
    script = (
        "import numpy as np; from nhem_tui.plot.model import *;"
        " from nhem_tui.plot.plotext import render;"
        " t = np.linspace(0, 2, 50); series = Series(t, 100 + 10 * t);"
        " rows = render(Viewport(0, 2, 90, 130), series, Size(120, 30), ChartOptions());"
        " assert '\u2584' in ''.join(row.text for row in rows)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
