"""From a request to its handler and from its result to a reply."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from nhem_tui.simulator import parameters
from nhem_tui.simulator.backend import Backend
from nhem_tui.simulator.errors import ApiError, Crash, Misfit, error_body
from nhem_tui.simulator.exchange import Json, Manner, Reply, Request, encode
from nhem_tui.simulator.parameters import Parameter, Values

Handler = Callable[[Backend, Values], Json]
"""Does what an endpoint does and returns the body of its reply."""


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint.

    Attributes:
        method: GET or POST.
        path: complete.
        handler: called with values that fit the declarations.
        query: parameters of the query.
        form: parameters of the body.
        document: the body is JSON; the handler finds the object under ``document``.
    """

    method: str
    path: str
    handler: Handler
    query: tuple[Parameter, ...] = ()
    form: tuple[Parameter, ...] = ()
    document: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that is not yet bytes, so that faults can still change it."""

    status: int
    body: Json
    headers: tuple[tuple[str, str], ...] = ()
    crashed: bool = False

    def reply(self) -> Reply:
        """Return it as it goes out; after a crash the connection drops."""
        manner = Manner.DROP if self.crashed else Manner.WHOLE
        return Reply(self.status, encode(self.body), headers=self.headers, manner=manner)


_CRASH: Final = ApiError(500, "INTERNAL_ERROR", "Internal server error")


class Router:
    """All endpoints of the API."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._paths: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._paths.setdefault(route.path, {})[route.method] = route

    @property
    def endpoints(self) -> frozenset[tuple[str, str]]:
        """Method and path of every endpoint."""
        return frozenset(
            (method, path) for path, methods in self._paths.items() for method in methods
        )

    def answer(self, backend: Backend, request: Request) -> Answer:
        """Let the endpoint handle the request; its failures become error bodies."""
        methods = self._paths.get(request.path)
        if methods is None:
            return Answer(404, {"detail": "Not Found"})
        route = methods.get(request.method)
        if route is None:
            allowed = (("allow", ", ".join(methods)),)
            return Answer(405, {"detail": "Method Not Allowed"}, allowed)
        try:
            return Answer(200, route.handler(backend, _values(route, request)))
        except Misfit as error:
            return Answer(422, {"detail": error.detail})
        except ApiError as error:
            return Answer(error.status, error_body(backend.stamp(), error))
        except Crash:
            return crash(backend)


def crash(backend: Backend) -> Answer:
    """Return what the server says when its own code fails."""
    return Answer(500, error_body(backend.stamp(), _CRASH), crashed=True)


def _values(route: Route, request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    complaints: list[Json] = []
    for declared, place in ((route.query, "query"), (route.form, "body")):
        if declared:
            sent = request.query if place == "query" else request.form()
            try:
                values |= parameters.read(declared, sent, place)  # type: ignore[arg-type]
            except Misfit as error:
                complaints += error.detail
    if complaints:
        raise Misfit(complaints)
    if route.document:
        values["document"] = _document(request.body)
    return values


def _document(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError as error:
        position = getattr(error, "pos", 0)
        raise Misfit(
            [
                {
                    "type": "json_invalid",
                    "loc": ["body", position],
                    "msg": "JSON decode error",
                    "input": {},
                    "ctx": {"error": getattr(error, "msg", "not UTF-8")},
                }
            ]
        ) from None
