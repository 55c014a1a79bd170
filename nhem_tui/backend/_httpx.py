"""httpx without two costs that nothing here needs.

`import httpx` loads its command line, and with it click, rich and pygments where they are
installed (120 ms). And where sniffio is not installed, httpcore tries to import it four times a
request (0.4 ms). Marking both as missing in `sys.modules` takes the branch that the libraries
have for that case, at once.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Final

_COMMAND_LINE: Final = "httpx._main"

_blocked = "httpx" not in sys.modules and _COMMAND_LINE not in sys.modules
if _blocked:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # Python's word for "missing"
import httpx  # noqa: E402  # must come after the line above

if _blocked:
    del sys.modules[_COMMAND_LINE]
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # as above

__all__ = ["httpx"]
