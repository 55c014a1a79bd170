"""The server's error bodies; its five shapes are described in contract section 2."""

from __future__ import annotations

from collections.abc import Sequence

from nhem_tui.simulator.exchange import Json


class ApiError(Exception):
    """A refusal of shape 1.

    Attributes:
        status: of HTTP.
        code: a token, a sentence or Chinese words.
        message: the code again where nothing else is given.
        details: parameter, value and constraint, if there are any.
    """

    def __init__(
        self, status: int, code: str, message: str = "", details: Json | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or code
        self.details = details


class Crash(Exception):
    """An exception that the server's code does not handle: 500, and the connection drops."""


class Misfit(Exception):
    """Parameters that do not fit their declaration (422, shape 2)."""

    def __init__(self, detail: Sequence[Json]) -> None:
        super().__init__("422")
        self.detail = list(detail)


def unauthorised() -> ApiError:
    """Refuse a password of the form endpoints."""
    return ApiError(401, "UNAUTHORIZED")


def out_of_range(code: str, message: str, name: str, value: object, constraint: str) -> ApiError:
    """Refuse a value with its parameter and what would be accepted."""
    details = {"parameter": name, "value": value, "constraint": constraint}
    return ApiError(400, code, message, details)


def error_body(stamp: str, error: ApiError) -> Json:
    """Return shape 1."""
    return {
        "type": "error",
        "timestamp": stamp,
        "error_code": error.code,
        "error_message": error.message,
        "details": error.details,
    }
