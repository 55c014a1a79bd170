"""Every command against every fault: the right exit code, one clear error, nothing half done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from nhem_tui.cli.main import main
from nhem_tui.simulator.faults import FAULTS
from nhem_tui.simulator.server import Simulator, SimulatorOptions
from tests.cli.commands import EVERY, Command
from tests.cli.support import Answer, StubServer, running_simulator

CODES: Final[dict[str, int]] = {
    "refuse": 3,
    "hang": 3,
    "reset": 3,
    "truncate": 3,
    "garbage": 5,
    "html": 5,
    "huge": 5,
    "empty": 5,
    "foreign": 5,
    "redirect": 5,
    "storm500": 1,
}
"""Faults that every command notices; the others change only what some of them read."""

AMOUNTS: Final = {"slow": 0.005, "huge": 17.0}
"""Enough to be one; the defaults take longer."""


def expected(fault: str, command: Command) -> set[int]:
    """The exit codes that a command may end with under a fault."""
    match fault:
        case "unauthorised" if command.locked:
            return {4}
        case "nan" if command.line.startswith("watch"):  # it goes on with the other samples
            return {0, 5}
        case "nan" if command.measured:
            return {5}
        case "duplicate" | "missing" if command.numbered:
            return {5}
        case "backwards" if command.numbered:  # every other reply: not all contradict themselves
            return {0, 1, 5}
        case "restart":  # it has forgotten its region
            return {0, 1, 3}
        case _:
            return {CODES.get(fault, command.good)}


class Victim:
    """A simulated server in a thread, with a history, whose faults are set from outside."""

    def __init__(self, server: Simulator, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self._loop = loop

    @property
    def url(self) -> str:
        return self.server.url

    def suffer(self, fault: str = "") -> None:
        """Be well, measure, have samples that can be numbered; apart from one fault."""
        self._in_its_loop(self._recover())
        self._in_its_loop(self._set(fault))

    def _in_its_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _recover(self) -> None:
        self.server.faults.clear()
        engine, now = self.server.backend.engine, self.server._clock
        if engine.region is None:
            engine.set_region(self.server.backend.default_region, now())
        engine.roi_interval = 0.05
        engine.start(now())
        while len(engine.samples) < 4:
            await asyncio.sleep(0.01)
            engine.advance(now())

    async def _set(self, fault: str) -> None:
        if fault:
            self.server.faults.set(fault, AMOUNTS.get(fault))
        await asyncio.sleep(0)  # a restart begins


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    with running_simulator(SimulatorOptions(running=True)) as (server, loop):
        yield Victim(server, loop)


@pytest.mark.parametrize("command", EVERY, ids=str)
def test_every_fault_ends_as_it_should(
    command: Command,
    victim: Victim,
    home: Path,
    let_clients_wait: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")
    for fault in ("", *FAULTS):
        victim.suffer(fault)
        let_clients_wait(0.05 if fault == "hang" else 5.0)
        code = main([*command.words, "--json", "--quiet", "--url", victim.url])
        told = capsys.readouterr()
        assert code in expected(fault, command), (fault, told.err)
        check_output(command, code, told.out, told.err)
        pictures = [*home.glob("*.png")]
        assert bool(pictures) is (code == 0 and "--output" in command.words), fault
        for path in pictures:
            path.unlink()


def check_output(command: Command, code: int, out: str, err: str) -> None:
    """Check that it is JSON throughout, one error if there is one, and no half of a result."""
    assert not {"\x1b", "\x07", "\u202e"} & {*out, *err}
    assert "\\u001b" not in err  # jq -r would write it out
    if code == 0:
        assert err == ""
    else:
        error = json.loads(err)
        assert (error["type"], error["exit"]) == ("error", code)
        assert error["text"]
    documents = list(parsed(out))
    if command.line != "server-config export":  # prints what import takes
        assert all(next(iter(document)) == "type" for document in documents)
    if command.words[0] not in ("check", "watch"):
        assert bool(documents) is (code == 0)


def parsed(text: str) -> Iterator[dict[str, Any]]:
    """Yield one document, or one a line."""
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.splitlines():
            yield json.loads(line)


REFUSALS: dict[str, tuple[Answer, set[int]]] = {
    "unprocessable": ((422, b'{"detail":[{"loc":["body","a"],"msg":"bad","input":"b"}]}'), {1}),
    "no such route": ((404, b'{"detail":"Not Found"}'), {1, 5}),
    "forbidden": ((403, b"<html>"), {4}),
    "a list": ((200, b"[1, 2]"), {5}),
    "a gateway": ((502, b"<html>Bad Gateway</html>"), {3}),
}


@pytest.mark.parametrize("command", EVERY, ids=str)
def test_whatever_else_is_answered_is_one_clear_error(
    command: Command,
    stub: StubServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")
    for name, (stub.fallback, codes) in REFUSALS.items():
        assert main([*command.words, "--url", stub.url]) in codes, name
        told = capsys.readouterr()
        assert told.out == "" or command.line == "check", name
        lines = told.err.splitlines()
        assert sum(line.startswith("error: ") for line in lines) == 1, name
