"""A few whole charts, to be looked at: what a change of the drawing changes is seen here."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from nhem_tui.plot import braille, plotext
from nhem_tui.plot.gaps import with_gaps
from nhem_tui.plot.model import ChartOptions, PeakMark, Size, Viewport
from nhem_tui.plot.output import to_ascii, to_text

NUMBERS = np.concatenate((np.arange(0, 62), np.arange(68, 97)))
"""Frame numbers at 44 Hz; six are missing."""

T = NUMBERS / 44
NEWEST = float(T[-1])
CURVE = with_gaps(
    T,
    104.65
    + 1.2 * np.sin(T * 9)
    + 14 * np.exp(-(((T - 1.0) / 0.07) ** 2))
    + 5 * np.exp(-(((T - 1.85) / 0.05) ** 2)),
    NUMBERS,
)
VIEWPORT = Viewport(NEWEST - 2.2, NEWEST, 98, 122)
OPTIONS = ChartOptions(
    baseline=104.65,
    threshold=112,
    peaks=(
        PeakMark(0.87, 1.12, 1.0, 119.6, stable=True),
        PeakMark(1.77, 1.94, 1.86, 109.0, stable=False),
    ),
    marks=(0.4,),
    time_origin=NEWEST,
)

ROLLING = """\
     │         ╎             ▲
  120┤   ·   · ╎ ·   ·   ·   ⣠⡄  ·   ·   ·   ·   ·   ·   ·
     │         ╎             ⡇⢧
     │         ╎            ⢸⠁⢸
     │         ╎            ⣸ ⠈⡇
     │╌╌╌╌╌╌╌╌╌╎╌╌╌╌╌╌╌╌╌╌╌╌⡇╌╌⡇╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▽╌╌╌╌╌╌╌ 112.0
  110┤   ·   · ╎ ·   ·   · ⢸⠁· ⢹ ·   ·   ·   ·   ⣠⡀  ·   ·
     │         ╎          ⣠⠏   ⠘⡆               ⢰⠃⢳
     │⠠⠖⠋⠉⠉⠉⠙⠒⠦⣄⣀┄┄┄┄⣀⡤⠖⠚⠉⠁┄┄┄┄┄⢳⡀┄┄┄⣀⣠┄┄┄⠈⠉⠉⠙⠲⠤⠏┄⠘⣆┄⢀⣠⠤⠖⠋ 104.7
     │         ╎⠈⠉⠉⠉⠉⠁           ⠉⠉⠉⠉⠁             ⠈⠉⠉
  100┤   ·   · ╎ ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
     │         ╎
     └────┬───────────┬───────────┬───────────┬──────────┬
        −2.0s        −1.5        −1.0        −0.5        0
"""

ASCII = r"""
     |         !             A
  120|         !             __
     |         !             |\
     |         !            |'|
     |         !            / '|
     | - - - - ! - - - - - -|- | - - - - - - - - -V- - - - 112.0
  110|         !           |'  \                 __
     |         !          _|   '|               |'\
     |.-'''''--__- - __-'''- - -\_ - __- -''''-.|-'| __.-' 104.7
     |         !''''''           '''''             '''
  100|         !
     |         !
     +----+-----------+-----------+-----------+----------+
        -2.0s        -1.5        -1.0        -0.5        0
"""

SWEEP = """\
  120┤   ·   · ╎ ·   ·   ·   ▲   ·   ·   │   ·   ·   ·   ·
     │         ╎             ⡶⡄          │
     │         ╎            ⢸⠁⣇          │
     │         ╎            ⡞ ⢸          │
     │╌╌╌╌╌╌╌╌╌╎╌╌╌╌╌╌╌╌╌╌╌⢠⠇╌⠘⡆╌╌╌╌╌╌╌╌╌│╌╌╌╌╌╌╌▽╌╌╌╌╌╌╌╌ 112.0
  110┤┃  ·   · ╎ ·   ·   · ⡼ · ⢧ ·   ·   │   ·   ⡤⡄  ·   ·
     │┃   ⠤⣄⣀⡀ ╎       ⣀⣀⡤⠼⠁   ⠸⡄        │⠠⠤⣄⣀⡀ ⡼⠁⢳⡀    ⣀⣀
     │┃┄┄┄┄┄┄⠉⠙⠒⠦⠤⠤⠤⠴⠒⠋⠁┄┄┄┄┄┄┄┄⠙⠦⠤⠤⠤⠖⠚┄┄│┄┄┄┄⠉⠉⠁┄┄⠳⠤⠴⠒⠋⠁┄ 104.7
     │         ╎                         │
  100┤   ·   · ╎ ·   ·   ·   ·   ·   ·   │   ·   ·   ·   ·
     └┬──────────┬───────────┬───────────┬───────────┬────
      0s        0.5         1.0         1.5         2.0
"""

PLOTEXT = """\
     │         ╎             ▲
  120┤   ·   · ╎ ·   ·   ·   ▄▖  ·   ·   ·   ·   ·   ·   ·
     │         ╎             ▌▙
     │         ╎            ▐▘▐
     │         ╎            ▟ ▝▌
     │╌╌╌╌╌╌╌╌╌╎╌╌╌╌╌╌╌╌╌╌╌╌▌╌╌▌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▽╌╌╌╌╌╌╌ 112.0
  110┤   ·   · ╎ ·   ·   · ▐▘· ▜ ·   ·   ·   ·   ▄▖  ·   ·
     │         ╎          ▄▛   ▝▌               ▐▘▜
     │▗▛▀▀▀▀▀▀▙▄▄┄┄┄┄▄▄▛▀▀▘┄┄┄┄┄▜▖┄┄┄▄▄┄┄┄▝▀▀▀▜▄▛┄▝▙┄▗▄▄▛▀ 104.7
     │         ╎▝▀▀▀▀▘           ▀▀▀▀▘             ▝▀▀
  100┤   ·   · ╎ ·   ·   ·   ·   ·   ·   ·   ·   ·   ·   ·
     │         ╎
     └────┬───────────┬───────────┬───────────┬──────────┬
        −2.0s        −1.5        −1.0        −0.5        0
"""

PANE = """\
  120┤ ·   ·╎  ·   · ▲ ·   ·   ·   ·   ·
     │      ╎       ⢀⡏⡇
     │╌╌╌╌╌╌╎╌╌╌╌╌╌╌⢸╌⢳╌╌╌╌╌╌╌╌╌╌╌▽╌╌╌╌╌
     │  ⢀⡀  ╎      ⣀⡏ ⠸⡄      ⣀  ⢀⡶⡄
     │⠘⠉⠉⠉⠉⠙⠒⠦⠤⠴⠒⠋⠉⠁┄┄┄⠙⠦⠤⠖⠒┄┄⠉⠉⠙⠋┄⠙⠶⠒⠚⠉
  100┤ ·   ·╎  ·   ·   ·   ·   ·   ·   ·
     └───┬──────────────┬──────────────┬
        −2s             −1             0
"""

TINY = """\
  ╎  ▲    ▽
╌⣀╎╌⢀⡏⡇╌⢀⣀⡄╌
⠈⠉⠉⠋⠉┄⠙⠉┄⠉⠉⠉
"""


def test_rolling() -> None:
    rows = braille.render(VIEWPORT, CURVE, Size(64, 14), OPTIONS)
    assert to_text(rows) == ROLLING
    assert to_ascii(rows) == ASCII.removeprefix("\n")


def test_plotext() -> None:
    rows = plotext.render(VIEWPORT, CURVE, Size(64, 14), OPTIONS)
    assert to_text(rows) == PLOTEXT


def test_sweep_with_a_reading_cursor() -> None:
    options = replace(OPTIONS, sweep=NEWEST, cursor=1.5)
    assert to_text(braille.render(VIEWPORT, CURVE, Size(64, 12), options)) == SWEEP


def test_in_a_small_pane() -> None:
    assert to_text(braille.render(VIEWPORT, CURVE, Size(40, 8), OPTIONS)) == PANE


def test_in_hardly_any_room() -> None:
    assert to_text(braille.render(VIEWPORT, CURVE, Size(12, 3), OPTIONS)) == TINY
