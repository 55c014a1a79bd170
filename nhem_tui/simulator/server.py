"""The simulator as a whole: one server on one port that can restart and fail on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from nhem_tui.simulator import fault_replies
from nhem_tui.simulator.backend import Backend, Clock, wall_clock
from nhem_tui.simulator.config_store import ConfigStore, shipped
from nhem_tui.simulator.exchange import Reply, Request
from nhem_tui.simulator.faults import Faults, FaultSpec, parse_fault
from nhem_tui.simulator.http import HttpServer
from nhem_tui.simulator.routes import router
from nhem_tui.simulator.truth import Truth

_PULSE: Final = 5.0  # seconds; so often frames are made even if nobody asks


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorOptions:
    """How a simulated server is.

    Attributes:
        host: address to listen on.
        port: 0 takes a free one.
        seed: of signal and picture; same seed, same values by process and number. The times of
            the frames tremble anew in each process, as real ones do.
        faults: set from the start, each ``NAME[=VALUE][@SECONDS]``.
        running: detection runs from the start.
        roi_configured: the first process has a live ROI, as if a client had set it.
        password: of the API.
        fps: nominal frames a second.
        buffer_size: frames kept for the clients.
        line_detection_seconds: how long a manual line detection freezes the server.
        truth_limit: frames and ROI samples kept in `Simulator.truth`.
    """

    host: str = "127.0.0.1"
    port: int = 8421
    seed: int = 1
    faults: tuple[str, ...] = ()
    running: bool = False
    roi_configured: bool = True
    password: str = "31415"  # noqa: S105 - the documented default of the real server
    fps: float = 45.0
    buffer_size: int = 100
    line_detection_seconds: float = 7.5
    truth_limit: int = 100_000


class Simulator:
    """A NHEM backend of this process; use it as an async context manager.

    Attributes:
        faults: set and clear them at any time.
        truth: what was really made, to compare a client's samples with.
        backend: the server process of the moment.
    """

    def __init__(
        self, options: SimulatorOptions | None = None, *, clock: Clock | None = None
    ) -> None:
        """Prepare; nothing listens yet.

        Args:
            options: those of a normal server if left out.
            clock: replaces UTC as the time by which frames are made.

        Raises:
            ValueError: a fault of the options is not known.
        """
        self.options = options or SimulatorOptions()
        self._specs = [parse_fault(text) for text in self.options.faults]
        self._clock = clock or wall_clock()
        self._config = ConfigStore(
            shipped(
                password=self.options.password,
                fps=self.options.fps,
                buffer_size=self.options.buffer_size,
            )
        )
        self._router = router()
        self._server = HttpServer(self.options.host, self.options.port, self._answer)
        self._process = 0
        self._asked: Counter[str] = Counter()
        self._started = False
        self._away = False  # while a restart lasts
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.truth = Truth(self.options.truth_limit)
        self.faults = Faults(self._follow_faults)
        self.backend = self._new_backend()
        if self.options.roi_configured:
            self.backend.engine.set_region(self.backend.default_region, self._clock())
        if self.options.running:
            self.backend.engine.start(self._clock())

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def url(self) -> str:
        """Its address."""
        host = self.options.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is in use or the host has no such address.
        """
        self._server.listen()  # first of all: it finds the port
        self._started = True
        self._follow_faults()
        self._spawn(self._pulse())
        for spec in self._specs:
            if spec.after:
                self._spawn(self._set_in(spec))
            else:
                self.faults.set(spec.name, spec.value)

    async def close(self) -> None:
        """End all connections and stop listening."""
        self._started = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def restart(self, *, keep_roi: bool = False, running: bool = False) -> None:
        """Replace the server process: counters 0, stopped, connections dropped.

        Args:
            keep_roi: let the live ROI survive, which the real server does not.
            running: start detection at once.
        """
        if self._started:
            self._server.drop_connections()
        region = self.backend.engine.region
        self.backend = self._new_backend()
        now = self._clock()
        if keep_roi and region is not None:
            self.backend.engine.set_region(region, now)
        if running:
            self.backend.engine.start(now)

    def drop_connections(self) -> None:
        """Reset every connection there is."""
        self._server.drop_connections()

    def _new_backend(self) -> Backend:
        self._process += 1
        return Backend(
            self._config,
            process=self._process,
            seed=self.options.seed,
            clock=self._clock,
            truth=self.truth,
            faults=self.faults,
            line_detection_seconds=self.options.line_detection_seconds,
        )

    async def _answer(self, request: Request) -> Reply:
        async with self._turn:  # like the server, whose handlers block one another
            self._asked[request.path] += 1
            backend = self.backend
            backend.engine.advance(self._clock())
            reply = fault_replies.reply(
                self.faults,
                lambda: self._router.answer(backend, request),
                backend,
                self._asked[request.path],
            )
            if backend.busy:
                await asyncio.sleep(backend.take_busy())
        return reply

    def _follow_faults(self) -> None:
        """Listen or not, as the faults want it, and restart if one is a restart."""
        if not self._started:
            return
        if self.faults.active("restart") and not self._away:
            self._away = True
            self._spawn(self._restart_in(self.faults.value("restart")))
        if self._away or self.faults.active("refuse"):
            self._server.refuse()
        else:
            self._server.listen()

    async def _set_in(self, spec: FaultSpec) -> None:
        await asyncio.sleep(spec.after)
        self.faults.set(spec.name, spec.value)

    async def _restart_in(self, seconds: float) -> None:
        """Be away for a while and come back as a new process."""
        await asyncio.sleep(seconds)
        self.restart()
        self._away = False
        self.faults.clear("restart")

    async def _pulse(self) -> None:
        """Make frames now and then, so that nobody has to wait for those of a whole night."""
        while True:
            await asyncio.sleep(_PULSE)
            self.backend.engine.advance(self._clock())

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
