"""What a command says: one writer to stdout, one to stderr.

Data goes to stdout, as text or as JSON; everything about the command itself (notes, warnings,
errors) goes to stderr. Whatever text a server sent loses its control characters on the way.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Literal

from nhem_tui.backend.sanitize import redact

Style = Literal["good", "bad", "warn", "dim", "strong"]

_SGR: dict[Style, str] = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "strong": "1"}

_BEYOND_C0 = r"\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
"""DEL, C1, line separators and direction overrides; `json` escapes only what is below a space."""

_CONTROL = re.compile(rf"[\x00-\x1f{_BEYOND_C0}]")
_JSON_LEFT = re.compile(rf"[{_BEYOND_C0}]")


class ReaderGoneError(Exception):
    """Whoever read stdout has closed it; there is nobody left to talk to."""


class OutputLostError(Exception):
    """Stdout cannot be written, e.g. into a file on a full disk; the text says why."""


def plain(text: str) -> str:
    """Return `text` as one line that cannot steer a terminal."""
    return _CONTROL.sub(lambda match: " " if match[0] in "\t\n\r" else "", text)


def as_json(value: object, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Return `value` as JSON that cannot steer a terminal.

    Raises:
        ValueError: a number is NaN or infinite, which JSON does not have.
    """
    text = json.dumps(
        value,
        indent=indent,
        ensure_ascii=ascii_only,
        separators=(",", ":") if indent is None else None,
        allow_nan=False,
    )
    return _JSON_LEFT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def as_text(value: object) -> str:
    """Return decoded JSON as it stands in a row: text as it is, everything else as JSON."""
    return value if isinstance(value, str) and value else as_json(value)


class Output:
    """Stdout and stderr of one command.

    Attributes:
        as_json: data is asked for as JSON.
        secrets: words that are masked in texts on stderr and in JSON documents, where a server
            may echo them; numbers and the rows of text made here are left alone.
    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.as_json = as_json
        self.secrets: list[str] = []
        self._quiet = quiet
        self._verbose = verbose
        self._stdout = sys.stdout
        self._stderr = sys.stderr
        self._plain = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"

    @property
    def interactive(self) -> bool:
        """Stdout is a terminal."""
        return self._stdout.isatty()

    def line(self, text: str = "", style: Style | None = None) -> None:
        """Write one line of data."""
        self._write(self._stdout, self._paint(plain(text), style, self._stdout) + "\n")

    def raw(self, text: str) -> None:
        """Write `text` made by this program as it is, escape sequences included."""
        self._write(self._stdout, text)

    def rows(self, rows: Iterable[tuple[str, str] | tuple[str, str, Style | None]]) -> None:
        """Write labels and values, the values aligned."""
        cells = [(plain(row[0]), plain(row[1]), row[2] if len(row) == 3 else None) for row in rows]
        width = max((len(label) for label, _, _ in cells), default=0)
        for label, value, style in cells:
            name = self._paint(label.ljust(width), "dim", self._stdout)
            text = self._paint(value, style, self._stdout)
            self._write(self._stdout, f"{name}  {text}\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table with aligned columns."""
        cells = [[plain(cell) for cell in row] for row in [header, *rows]]
        widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
        for number, row in enumerate(cells):
            text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            style: Style | None = "strong" if number == 0 else None
            self._write(self._stdout, self._paint(text.rstrip(), style, self._stdout) + "\n")

    def json(self, value: object, *, secrets_too: bool = False) -> None:
        """Write one indented JSON document.

        Args:
            value: the document.
            secrets_too: the user asked for them by name.
        """
        shown = value if secrets_too else self.masked(value)
        self._write_json(self._stdout, shown, indent=2)

    def json_line(self, value: Mapping[str, Any]) -> None:
        """Write one JSON object as one line and flush, so that a pipe has it at once."""
        self._write_json(self._stdout, self.masked(value))
        self.flush()

    def flush(self) -> None:
        """Hand everything written so far to the system.

        Raises:
            ReaderGoneError: stdout was closed by its reader.
            OutputLostError: the system did not take it.
        """
        with _translated_errors():
            self._stdout.flush()

    def note(self, text: str) -> None:
        """Say something about the command; not with ``--quiet``."""
        if not self._quiet:
            self._say(text)

    def ask(self, question: str, about: Iterable[str] = ()) -> None:
        """Write the beginning of a line that the user is to complete.

        Args:
            question: that beginning.
            about: lines before it.
        """
        for line in about:
            self._say(line)
        self._write(self._stderr, plain(question))
        self._stderr.flush()

    def detail(self, text: str) -> None:
        """Say something that only ``--verbose`` wants to know."""
        if self._verbose:
            self._say(text, "dim")

    def warn(self, text: str) -> None:
        """Warn; not with ``--quiet``."""
        if not self._quiet:
            self._say(f"warning: {text}", "warn")

    def fail(self, text: str, *, hint: str = "", **facts: object) -> None:
        """Say why the command failed, as JSON where JSON was asked for."""
        if self.as_json:
            told = {key: value for key, value in facts.items() if value not in (None, "")}
            record = {"type": "error", "text": text, **told}
            if hint:
                record["hint"] = hint
            self._write_json(self._stderr, self.masked(record))
            return
        self._say(f"error: {text}", "bad")
        if hint:
            self._say(f"hint: {hint}")

    def clean(self, text: str) -> str:
        """Return words that came from elsewhere with every secret in them masked."""
        for secret in self.secrets:
            text = redact(text, secret)
        return text

    def masked(self, value: object) -> object:
        """Return a copy of decoded JSON with every secret in its texts masked."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {key: self.masked(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked(item) for item in value]
        return value

    def _say(self, text: str, style: Style | None = None) -> None:
        for line in self.clean(text).splitlines() or [""]:
            self._write(self._stderr, self._paint(plain(line), style, self._stderr) + "\n")

    def _paint(self, text: str, style: Style | None, stream: IO[str]) -> str:
        if style is None or self._plain or not stream.isatty():
            return text
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m"

    def _write_json(self, stream: IO[str], value: object, *, indent: int | None = None) -> None:
        text = as_json(value, indent=indent, ascii_only="utf" not in _encoding(stream))
        self._write(stream, text + "\n")

    def _write(self, stream: IO[str], text: str) -> None:
        encoding = _encoding(stream)
        with _translated_errors():
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise OutputLostError(f"cannot write the output: {error.strerror}") from None


def _encoding(stream: IO[str]) -> str:
    return (getattr(stream, "encoding", None) or "utf-8").lower()


def abandon_stdout() -> None:
    """Let the interpreter's last flush of a closed stdout go nowhere instead of complaining."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is all that is wanted
        try:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        except (OSError, ValueError):
            return  # stdout has no descriptor: nothing will be flushed into a pipe
