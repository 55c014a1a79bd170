"""One recorder a file: a lock that the system takes back when its process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from nhem_tui.recording.errors import RecordingError, UnusableError
from nhem_tui.recording.names import lock_path


class FileLock:
    """Holds ``FILE.lock``.

    A file of its own: closing any other descriptor of a database would take SQLite's own locks
    away from it.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            UnusableError: another process holds it.
            RecordingError: the folder cannot be written.
        """
        self._path = lock_path(path)
        try:
            self._descriptor = self._take()
        except BlockingIOError:
            raise UnusableError(f"{path} is being recorded by another process") from None
        except OSError as error:
            hint = "name a file in a folder that can be written, e.g. by --output"
            raise RecordingError(f"cannot write {path}: {error.strerror}", hint) from None

    def _take(self) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Its last holder may have removed it between the two lines above.
                if os.fstat(descriptor).st_ino == self._path.stat().st_ino:
                    return descriptor
            except FileNotFoundError:
                pass
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def release(self) -> None:
        """Give the lock back."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def is_locked(path: Path) -> bool:
    """Tell whether a recorder writes `path` now."""
    try:
        descriptor = os.open(lock_path(path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
