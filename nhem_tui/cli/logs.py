"""The log file: begun with its first line, rotating, readable only by its owner, no password."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from tempfile import TemporaryFile

from nhem_tui.backend.sanitize import redact_all

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Removes secrets from whole finished lines, tracebacks included."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__(_FORMAT)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, every secret masked in every spelling."""
        return redact_all(super().format(record), self._secrets)


class _PrivateFileHandler(RotatingFileHandler):
    """Creates its files with mode 0600, and their folder, once there is a line to write."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)

    def doRollover(self) -> None:  # noqa: N802 - logging's own name
        """Rotate; where no old file is to be kept, logging itself would only go on writing."""
        if self.backupCount == 0:
            os.truncate(self.baseFilename, 0)
        super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Lose the line: a full disk must not write over an open dashboard."""


def start(
    path: Path, *, level: str, max_bytes: int, backups: int, secrets: Collection[str]
) -> None:
    """Log to `path` from now on, and nowhere else.

    Args:
        path: the file; it and its folder are created with the first line.
        level: name of the lowest level written, e.g. ``INFO``.
        max_bytes: size at which the file is rotated.
        backups: how many rotated files are kept.
        secrets: words that never reach the file; one added later counts from then on.

    Raises:
        OSError: the file cannot be written.
    """
    _check_writable(path)
    handler = _PrivateFileHandler(
        path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8", delay=True
    )
    handler.setFormatter(RedactingFormatter(secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    if level != "DEBUG":
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a request otherwise


def _check_writable(path: Path) -> None:
    """Try whether a line could be written, and leave nothing behind.

    Raises:
        OSError: why not.
    """
    if path.exists():
        path.open("ab").close()
        return
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        TemporaryFile(dir=path.parent).close()
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
