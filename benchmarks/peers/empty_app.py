"""An empty Textual app: the least that a first frame takes.

Arguments are modules that it imports before, for the least that a program takes which needs them.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from textual.app import App

if __name__ == "__main__":
    gc.disable()  # as nhem-tui does while it loads
    for name in sys.argv[1:]:
        import_module(name)
    gc.freeze()
    gc.enable()
    App[None]().run()
