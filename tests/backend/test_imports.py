"""What importing the client costs, seen in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys


def loaded_by(code: str) -> set[str]:
    """Return the modules that are loaded after `code`."""
    script = f"import sys; {code}; print(*(n for n, m in sys.modules.items() if m is not None))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_errors_limits_and_cleaning_load_neither_httpx_nor_asyncio() -> None:
    modules = loaded_by(
        "import nhem_tui.backend.errors, nhem_tui.backend.limits, nhem_tui.backend.sanitize"
    )
    assert not modules & {"httpx", "asyncio", "msgspec"}


def test_types_do_not_load_httpx() -> None:
    assert "httpx" not in loaded_by("import nhem_tui.backend.types, nhem_tui.backend.window_types")


def test_a_client_loads_nothing_heavy_before_its_first_request() -> None:
    modules = loaded_by(
        "from nhem_tui.backend.client import BackendClient; BackendClient('http://lab3', 'secret')"
    )
    assert "msgspec" in modules
    assert not modules & {"httpx", "rich", "numpy", "textual", "PIL"}


def test_the_transport_loads_httpx_without_its_command_line() -> None:
    modules = loaded_by("import nhem_tui.backend.transport")
    assert "httpx" in modules
    assert not modules & {"click", "rich", "pygments", "numpy", "textual", "httpx._main", "PIL"}


def test_command_line_of_httpx_can_still_be_imported() -> None:
    loaded_by(
        "import nhem_tui.backend.transport, importlib.util as u; u.find_spec('httpx._main').name"
    )
