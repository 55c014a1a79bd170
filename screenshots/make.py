"""Make the pictures of the README from the running program: ``python screenshots/make.py``.

The program runs headless against its own simulator; Textual exports the screen as SVG, which
resvg turns into PNG (librsvg cuts braille rows off).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
