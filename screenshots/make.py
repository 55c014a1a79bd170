"""Make the pictures of the README from the running program: ``python screenshots/make.py``.

The program runs headless against its own simulator; Textual exports the screen as SVG, which
resvg turns into PNG (librsvg cuts braille rows off). Needs the extra ``bench`` and DejaVu Sans
Mono, and half a minute: the charts fill with what is measured meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

import resvg_py

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from nhem_tui.backend.client import BackendClient  # noqa: E402 - the path comes first
from nhem_tui.config.schema import Settings  # noqa: E402
from nhem_tui.simulator.server import Simulator, SimulatorOptions  # noqa: E402
from nhem_tui.stream.health import LinkHealth  # noqa: E402
from nhem_tui.stream.poller import LiveSource  # noqa: E402
from nhem_tui.tui.actions import ACTIONS  # noqa: E402
from nhem_tui.tui.app import NhemApp  # noqa: E402
from nhem_tui.tui.context import Context  # noqa: E402

FONT = "DejaVu Sans Mono"
ROI_RATE = 15
"""Looks at the region a second; the server repeats the last value between them."""
FILLING = 17.0
"""Seconds of signal before the first picture."""


def save(app: NhemApp, name: str) -> None:
    """Write the screen as ``<name>.png``."""
    svg = app.export_screenshot()
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S).replace("Fira Code", FONT)
    # Braille comes from another font, whose blank is not as wide as this one's: use its own.
    svg = re.sub(
        r">[^<]*[\u2801-\u28ff][^<]*<", lambda run: run[0].replace("&#160;", "\u2800"), svg
    )
    png = resvg_py.svg_to_bytes(
        svg_string=svg, font_dirs=["/usr/share/fonts"], monospace_family=FONT
    )
    path = HERE / f"{name}.png"
    path.write_bytes(bytes(png))
    print(f"{path.name}: {len(png) / 1000:.0f} kB")  # noqa: T201 - a script's output


async def make() -> None:
    """Take all pictures of one session."""
    options = SimulatorOptions(port=0, seed=12, running=True)
    health = LinkHealth()
    async with (
        Simulator(options) as simulator,
        BackendClient(simulator.url, "31415", observe=health.observe) as client,
    ):
        await client.set_roi_frame_rate(ROI_RATE)
        source = LiveSource(client, interval=0.1)
        context = Context(
            source=source, client=client, settings=Settings(), name="lab3", health=health
        )
        app = NhemApp(context)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(FILLING)
            for width, height in ((200, 50), (120, 40), (80, 24), (50, 15)):
                await pilot.resize_terminal(width, height)
                await pilot.pause(1.0)
                save(app, f"dashboard-{width}x{height}")
            await pilot.resize_terminal(120, 40)
            await pilot.press("question_mark")
            await pilot.pause(0.5)
            save(app, "help")
            await pilot.press("escape")
            for action in ACTIONS:
                if action.opens:
                    await pilot.press(action.keys.split(",")[0])
                    await pilot.pause(2.5)
                    save(app, action.opens)
                    await pilot.press("escape")
                    await pilot.pause(0.3)
            app.theme = "light"
            await pilot.pause(1.0)
            save(app, "light")
            app.theme = "dark"
            simulator.faults.set("refuse")
            await pilot.pause(4.0)
            save(app, "lost")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as nobody:  # whose settings are not in the pictures
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.environ |= dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME"), nobody)
        asyncio.run(make())
