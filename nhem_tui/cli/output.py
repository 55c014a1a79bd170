"""What a command says: one writer to stdout, one to stderr.

Data goes to stdout, as text or as JSON; everything about the command itself (notes, warnings,
errors) goes to stderr, with ``--json`` as JSON lines. Without stdout a command has failed; without
stderr nobody listens, and it goes on as ever. Whatever text a server sent loses its control
characters on the way; secrets in it are masked by who prints it (`Output.masked`), since only that
one knows which words are the server's.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import IO, Any, Literal

from nhem_tui.backend.sanitize import redact_all

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
        secrets: words that a server may echo, masked by `clean` and `masked` and in every text on
            stderr.
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
        self._stdout: IO[str] | None = sys.stdout  # None where the shell closed it
        self._stderr: IO[str] | None = sys.stderr
        self._plain = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"

    @property
    def interactive(self) -> bool:
        """Stdout is a terminal."""
        return self._stdout is not None and self._stdout.isatty()

    @property
    def draws(self) -> bool:
        """Stdout is a terminal that takes the characters that charts are drawn with."""
        return self.interactive and "utf" in _encoding(self._stdout)

    def line(self, text: str = "", style: Style | None = None) -> None:
        """Write one line of data."""
        self._put(self._paint(plain(text), style, self._stdout) + "\n")

    def raw(self, text: str) -> None:
        """Write `text` made by this program as it is, escape sequences included."""
        self._put(text)

    def rows(self, rows: Iterable[tuple[str, str] | tuple[str, str, Style | None]]) -> None:
        """Write labels and values, the values aligned."""
        cells = [(plain(row[0]), plain(row[1]), row[2] if len(row) == 3 else None) for row in rows]
        width = max((len(label) for label, _, _ in cells), default=0)
        for label, value, style in cells:
            name = self._paint(label.ljust(width), "dim", self._stdout)
            text = self._paint(value, style, self._stdout)
            self._put(f"{name}  {text}\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table with aligned columns."""
        cells = [[plain(cell) for cell in row] for row in [header, *rows]]
        widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
        for number, row in enumerate(cells):
            text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            style: Style | None = "strong" if number == 0 else None
            self._put(self._paint(text.rstrip(), style, self._stdout) + "\n")

    def json(self, value: object) -> None:
        """Write one indented JSON document."""
        self._put(self._json(value, self._stdout, indent=2))

    def json_line(self, value: Mapping[str, Any]) -> None:
        """Write one JSON object as one line and flush, so that a pipe has it at once."""
        self._put(self._json(value, self._stdout))
        self.flush()

    def flush(self) -> None:
        """Hand everything written so far to the system.

        Raises:
            ReaderGoneError: stdout was closed by its reader.
            OutputLostError: the system did not take it.
        """
        if self._stdout is not None:
            with _translated_errors():
                self._stdout.flush()

    def note(self, text: str) -> None:
        """Say something about the command; not with ``--quiet``."""
        if not self._quiet:
            self._say("notice", text)

    def ask(self, question: str, about: Iterable[str] = ()) -> None:
        """Write the beginning of a line that the user is to complete.

        Args:
            question: that beginning.
            about: lines before it.
        """
        for line in about:
            self._remark(f"{plain(self.clean(line))}\n")
        self._remark(plain(question))

    def end_question(self) -> None:
        """End the line of a question that got no answer."""
        self._remark("\n")

    def detail(self, text: str) -> None:
        """Say something that only ``--verbose`` wants to know."""
        if self._verbose:
            self._say("notice", text, "dim")

    def warn(self, text: str, *, even_quiet: bool = False) -> None:
        """Warn; with ``--quiet`` only of what makes the data those of something else."""
        if even_quiet or not self._quiet:
            self._say("warning", text, "warn")

    def fail(self, text: str, *, hint: str = "", **facts: object) -> None:
        """Say why the command failed.

        Args:
            text: the reason.
            hint: what can be done about it.
            facts: what JSON tells beside it; what is empty is left out.
        """
        known = {key: value for key, value in facts.items() if value not in (None, "")}
        if self.as_json:
            known |= {"hint": self.clean(hint)} if hint else {}
        self._say("error", text, "bad", known)
        if hint and not self.as_json:
            self.tell(f"hint: {hint}")

    def tell(self, text: str, style: Style | None = None) -> None:
        """Write lines about the command, with ``--json`` as well: for words that are not data."""
        for line in self.clean(text).splitlines() or [""]:
            self._remark(self._paint(plain(line), style, self._stderr) + "\n")

    def clean(self, text: str) -> str:
        """Return words that came from elsewhere with every secret in them masked."""
        return redact_all(text, self.secrets)

    def masked(self, value: object) -> object:
        """Return a copy of decoded JSON with every secret in its texts masked."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {key: self.masked(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked(item) for item in value]
        return value

    def _say(
        self,
        kind: str,
        text: str,
        style: Style | None = None,
        facts: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        if self.as_json:
            record = {"type": kind, "text": self.clean(text), **facts}
            self._remark(self._json(record, self._stderr))
        else:
            self.tell(text if kind == "notice" else f"{kind}: {text}", style)

    def _paint(self, text: str, style: Style | None, stream: IO[str] | None) -> str:
        if style is None or self._plain or stream is None or not stream.isatty():
            return text
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m"

    def _json(self, value: object, stream: IO[str] | None, *, indent: int | None = None) -> str:
        return as_json(value, indent=indent, ascii_only="utf" not in _encoding(stream)) + "\n"

    def _put(self, text: str) -> None:
        """Write data; without anybody to take it the command has failed."""
        if self._stdout is None:
            raise OutputLostError("cannot write the output: stdout is closed")
        with _translated_errors():
            self._stdout.write(_encodable(text, self._stdout))

    def _remark(self, text: str) -> None:
        """Write to stderr at once; what nobody hears is lost, and ends no command."""
        if self._stderr is None:
            return
        try:
            self._stderr.write(_encodable(text, self._stderr))
            self._stderr.flush()
        except OSError:
            abandon(self._stderr)


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise OutputLostError(f"cannot write the output: {error.strerror}") from None


def _encodable(text: str, stream: IO[str]) -> str:
    encoding = _encoding(stream)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _encoding(stream: IO[str] | None) -> str:
    return (getattr(stream, "encoding", None) or "utf-8").lower()


def abandon(stream: IO[str] | None) -> None:
    """Let whatever is left for a lost stream go nowhere.

    The interpreter's last flush of it would complain, and change the exit code.
    """
    if stream is None:
        return
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is all that is wanted
        try:
            os.dup2(nowhere.fileno(), stream.fileno())
        except (OSError, ValueError):
            return  # it has no descriptor: nothing will be flushed into a pipe
