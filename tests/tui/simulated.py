"""The simulated server behind an app without a network: every endpoint, as the contract has it."""

from __future__ import annotations

import asyncio

import httpx

from nhem_tui.simulator.exchange import Request, pairs
from nhem_tui.simulator.routes import router
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from tests.tui.scripted import PASSWORD, Backend


class SimulatedBackend(Backend):
    """Answers like the simulator; keeps the requests that came and can be told to differ.

    Attributes:
        asked: method and path of each request, in order.
        instead: replies by method and path that stand in for the simulator's.
        gate: replies wait until it is set, those to `holds`.
        holds: methods, e.g. ``POST``; all if it is empty.
    """

    def __init__(self, *, password: str = PASSWORD) -> None:
        super().__init__(password=password)
        options = SimulatorOptions(password=password, line_detection_seconds=0.0)
        self.server = Simulator(options).backend
        self.asked: list[str] = []
        self.instead: dict[str, httpx.Response] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.holds = ""
        self._router = router()

    def writes(self) -> list[str]:
        """The requests that could change something."""
        return [asked for asked in self.asked if asked.startswith("POST")]

    async def __call__(self, request: httpx.Request) -> httpx.Response:  # type: ignore[override]
        name = f"{request.method} {request.url.path}"
        self.asked.append(name)
        if request.method.startswith(self.holds):
            await self.gate.wait()
        if name in self.instead:
            return self.instead[name]
        answer = self._router.answer(
            self.server,
            Request(
                request.method,
                request.url.path,
                pairs(request.url.query.decode()),
                dict(request.headers),
                request.content,
            ),
        )
        reply = answer.reply()
        return httpx.Response(
            reply.status, content=reply.body, headers={"content-type": reply.content_type}
        )


MARKUP = "[bold red]no[/] \x1b[31mred"
"""What a hostile server puts into its words."""

SHAPES: dict[str, httpx.Response] = {
    "error body": httpx.Response(
        400,
        json={
            "type": "error",
            "error_code": "INVALID_THRESHOLD",
            "error_message": f"{MARKUP} shape one",
            "details": {"parameter": "threshold", "value": None, "constraint": "50-200"},
        },
    ),
    "field errors": httpx.Response(
        422,
        json={
            "detail": [
                {"type": "x", "loc": ["body", "f"], "msg": f"{MARKUP} shape two", "input": PASSWORD}
            ]
        },
    ),
    "router": httpx.Response(405, json={"detail": f"{MARKUP} shape three"}),
    "success false": httpx.Response(
        200, json={"success": False, "message": f"{MARKUP} shape four", "error_details": "no"}
    ),
    "crash": httpx.Response(
        500,
        json={
            "type": "error",
            "error_code": "INTERNAL_ERROR",
            "error_message": f"{MARKUP} shape five",
            "details": None,
        },
    ),
}
"""One reply of each shape that an error of the server can have (contract section 2)."""

CANNOT_SAVE = httpx.Response(
    500,
    json={
        "type": "error",
        "error_code": "Failed to save peak detection configuration",
        "error_message": "Failed to save peak detection configuration",
        "details": None,
    },
)
"""What a poisoned server says."""

NOT_A_NUMBER = ["", "   ", "NaN", "1e999", "-inf", "abc", "１０５", "1_0", "0x50", "--5", "5 5"]
"""What no field for a number takes."""
