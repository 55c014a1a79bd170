"""The log file: rotating, readable only by its owner, without the password."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from nhem_tui.backend.sanitize import redact

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Removes secrets from whole finished lines, tracebacks included."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__(_FORMAT)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, every secret masked in every spelling."""
        text = super().format(record)
        for secret in self._secrets:
            text = redact(text, secret)
        return text


class _PrivateFileHandler(RotatingFileHandler):
    """Creates its files with mode 0600."""

    def _open(self) -> TextIOWrapper:
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
        path: the file; its folder is created.
        level: name of the lowest level written, e.g. ``INFO``.
        max_bytes: size at which the file is rotated.
        backups: how many rotated files are kept.
        secrets: words that never reach the file; one added later counts from then on.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = _PrivateFileHandler(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
    handler.setFormatter(RedactingFormatter(secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    if level != "DEBUG":
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a request otherwise
