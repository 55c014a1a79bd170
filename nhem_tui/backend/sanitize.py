"""Server text made fit to show: no control characters, no password, one line, a limit."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

from nhem_tui.notation.mask import MASK

_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor movement
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS …
    r"|\x1b[ -/]*[0-~]?"
)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, format (bidi, zero width), …
_SECRET_KEY: Final = re.compile(r"password|secret|token", re.IGNORECASE)
_SECRET_LENGTH: Final = 6  # characters
_LOOKED_AT: Final = 20  # times the limit: bounds the work on a text of megabytes


def clean_text(text: str, limit: int = 300) -> str:
    """Return `text` as one harmless line of at most `limit` characters.

    Escape sequences, control characters and invisible formatting characters (bidirectional
    overrides, zero-width characters) go; line breaks and runs of blanks become one space.
    """
    return _cut(_one_line(text[: limit * _LOOKED_AT]), limit)


def secret_words(values: Iterable[str]) -> set[str]:
    """Return what of headers or an address must not be told: each value and each word in one.

    What is shorter than a secret would be is a word like any other (``Basic``, ``gzip``).
    """
    words = (word for value in values for word in (value, *value.split()))
    return {word for word in words if len(word) >= _SECRET_LENGTH}


def redact(text: str, secret: str) -> str:
    """Return `text` with `secret` replaced by `MASK`, also where it is quoted or escaped.

    Looked for: the secret itself and its URL, form, JSON, Python and HTML spellings.
    """
    if not secret:
        return text
    import html  # only here: its table of entities takes longer to load than all of this module

    spellings = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
        secret.replace(" ", "+"),  # a form that quotes nothing else
    }
    encoded = secret.encode("utf-8", "surrogatepass")
    for quoted in (quote(encoded), quote(encoded, safe=""), quote_plus(encoded)):
        spellings |= {quoted, re.sub(r"%..", lambda hexed: hexed[0].lower(), quoted)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text


def redact_all(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with every secret replaced, the longest first: one may be part of another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = redact(text, secret)
    return text


def shown(text: str, secrets: Iterable[str] = (), limit: int = 300) -> str:
    """Clean, redact and cut `text`: what every error text goes through.

    Redaction runs before cutting, so that no half of a password is left, and again after
    cleaning, which may join one that control characters had split.
    """
    known = tuple(secrets)
    text = _one_line(redact_all(text, known)[: limit * _LOOKED_AT])
    return _cut(redact_all(text, known), limit)


def _one_line(text: str) -> str:
    """Drop what does not print and fold blanks."""
    plain = _ESCAPES.sub("", text)
    kept = (c for c in plain if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    return " ".join("".join(kept).split())


def _cut(text: str, limit: int) -> str:
    """Shorten to `limit` characters, the last being an ellipsis if any were dropped."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def mask_passwords(value: object) -> object:
    """Return a copy of decoded JSON with every password, secret and token masked."""
    if isinstance(value, dict):
        return {
            key: MASK if _SECRET_KEY.search(str(key)) else mask_passwords(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [mask_passwords(item) for item in value]
    return value
