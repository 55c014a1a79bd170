"""A file that is there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A file that becomes `path` when the block ends, and nothing when it fails.

    Readers see the old file or the new one, never a half; a link stays one.

    Args:
        path: in a folder that is there.
        private: only its owner may read it (mode 0600).

    Raises:
        OSError: the system refused to write.
    """
    itself = Path(os.path.realpath(path))
    temporary = itself.with_name(f".{itself.name}.{secrets.token_hex(4)}")
    mode = 0o600 if private else 0o666
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)  # else a power cut may leave the new name on an empty file
        temporary.replace(itself)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
