"""Where the configuration is read from and where the log is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs
from msgspec import Struct

_APP = "nhem-tui"


class Places(Struct, frozen=True):
    """The files of one user.

    Attributes:
        working_file: of the current folder.
        user_file: where the platform keeps it; what is saved goes here.
        home_file: where earlier clients keep it.
        system_file: for all users of the machine.
        state_dir: for the log.
    """

    working_file: Path
    user_file: Path
    home_file: Path
    system_file: Path
    state_dir: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """The configuration files, the strongest first."""
        return self.working_file, self.user_file, self.home_file, self.system_file


def standard_places() -> Places:
    """Return the places of this process: they follow ``HOME`` and the ``XDG_*`` variables."""
    try:
        home = Path.home()
    except RuntimeError:  # a user without a home, as in some containers: nothing is found there
        home = Path("/")
    return Places(
        working_file=Path("http_client_config.json"),
        user_file=_folder(platformdirs.user_config_path, home / ".config") / "config.json",
        home_file=home / ".nhem" / "client_config.json",
        system_file=Path("/etc/nhem/client_config.json"),
        state_dir=_folder(platformdirs.user_state_path, home / ".local" / "state"),
    )


def _folder(kept_by: Callable[..., Path], otherwise: Path) -> Path:
    """Return the folder of this program where the platform keeps such, or below `otherwise`."""
    try:
        return kept_by(_APP, appauthor=False)
    except RuntimeError:  # neither a variable nor a home says where
        return otherwise / _APP
