"""Every fault of a server that the program must survive: what is seen, what is kept.

The README quotes these rows. A row's `seen` must stand on the screen while the fault lasts; what
was told is compared with what the server really made, sample by sample.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nhem_tui.backend.errors import BackendError
from nhem_tui.stream import events as ev
from tests.stream.live import Live, back

ALL = "everything"
"""Every sample once, with what the server still had when it was back."""

OUTAGE = "all but what the server no longer had: a gap"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row.

    Attributes:
        name: what goes wrong.
        begin: lets it.
        seen: all of this stands on the screen then.
        kept: for the README.
        end: lets it be over and waits until the newest sample is told.
        wild: a value of the server's that is no measurement, and is told as one.
        check: compare what was told with what was made.
        timeout: seconds that a reply may take.
    """

    name: str
    begin: Callable[[Live], Awaitable[None]]
    seen: tuple[str, ...]
    kept: str
    end: Callable[[Live], Awaitable[None]]
    wild: float | None = None
    check: bool = True
    timeout: float = 0.3


# --- how they begin and end ----------------------------------------------------------------------


def fault(name: str, value: float | None = None) -> Callable[[Live], Awaitable[None]]:
    """Set a fault of the simulator, and let the server go on with it."""

    async def begin(bench: Live) -> None:
        bench.simulator.faults.set(name, value)
        bench.go_on(0.3)

    return begin


async def over(bench: Live) -> None:
    """Clear the fault of an endpoint: the link was never lost."""
    bench.simulator.faults.clear()
    await bench.play(0.3)


async def back_again(bench: Live) -> None:
    """Clear the fault of a server that did not answer."""
    bench.simulator.faults.clear()
    await back(bench)
    await bench.play(0.3)


async def killed(bench: Live) -> None:
    """The process is gone; the next one listens on the same port."""
    bench.simulator.faults.set("refuse")
    bench.go_on(1.0)


async def restarted(bench: Live) -> None:
    """Another process: counts from 0, stopped, without an ROI."""
    bench.simulator.restart()
    await bench.listener.next(ev.Restarted)


async def as_another_process(bench: Live) -> None:
    """Set the ROI of the new process and start it."""
    await bench.client.set_roi(100, 100, 300, 250)
    await bench.client.start()
    await bench.play(0.5, epoch=2)


async def refused_start(bench: Live) -> None:
    """Restart, and start detection without having set an ROI."""
    await restarted(bench)
    try:
        await bench.client.start()
    except BackendError as error:
        bench.listener.events.append(
            ev.Trouble(0.0, "POST /control", ev.Fault(error.kind, error.text))
        )


async def refused_password(bench: Live) -> None:
    """Somebody changes the password; a command of ours is refused."""
    bench.simulator.faults.set("unauthorised")
    try:
        await bench.client.pause()
    except BackendError as error:
        bench.listener.events.append(
            ev.Trouble(0.0, "POST /control", ev.Fault(error.kind, error.text))
        )
    await bench.play(0.3)


async def paused_elsewhere(bench: Live) -> None:
    """Another client stops detection."""
    await bench.client.stop()
    await bench.idle()


async def resumed_elsewhere(bench: Live) -> None:
    """And starts it again."""
    await bench.client.start()
    await bench.play(0.3)


async def too_late(bench: Live) -> None:
    """Nobody looks for longer than the server's buffer lasts."""
    bench.simulator.faults.set("refuse")
    bench.go_on(10.0)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "killed, and back within its buffer", killed, ("○ LOST", "nothing listens at"), ALL,
        back_again,
    ),
    Fault(
        "gone for longer than its buffer lasts", too_late, ("○ LOST", "nothing listens at"),
        OUTAGE, back_again,
    ),
    Fault(
        "restarted", restarted, ("The server was restarted: numbers begin again",),
        "all of both processes, told apart", as_another_process,
    ),
    Fault(
        "restarted without its ROI, then started", refused_start,
        ("ROI must be configured", "set the ROI first"), "all of both processes, told apart",
        as_another_process,
    ),
    Fault("hangs", fault("hang"), ("○ LOST", "did not answer within"), ALL, back_again),
    Fault(
        "answers after 30 s", fault("slow", 30.0), ("○ LOST", "it may be busy, or hang"), ALL,
        back_again,
    ),
    Fault(
        "resets connections", fault("reset"), ("○ LOST", "closed the connection without an answer"),
        ALL, back_again,
    ),
    Fault(
        "truncates replies", fault("truncate"),
        ("○ LOST", "cut the connection in the middle of its answer"), ALL, back_again,
    ),
    Fault(
        "sends garbage", fault("garbage"), ("○ LOST", "a reply that is not valid JSON"), ALL,
        back_again,
    ),
    Fault(
        "sends a proxy's HTML page", fault("html"), ("○ LOST", "an HTML page, not an NHEM reply"),
        ALL, back_again,
    ),
    Fault("sends empty replies", fault("empty"), ("○ LOST", "an empty reply"), ALL, back_again),
    Fault(
        "is another service", fault("foreign"),
        ("○ LOST", "JSON that does not fit the NHEM interface"), ALL, back_again,
    ),
    Fault(
        "sends 50 MB", fault("huge"), ("○ LOST", "a reply of more than 16 MB"), ALL, back_again,
        timeout=5.0,
    ),
    Fault("redirects", fault("redirect"), ("○ LOST", "the address redirects to"), ALL, back_again),
    Fault(
        "fails with 500 again and again", fault("storm500"),
        ("○ LOST", "the server failed (500)"), ALL, back_again,
    ),
    Fault("refuses the password", refused_password, ("password refused",), ALL, over),
    Fault(
        "sends NaN", fault("nan"), ("● RUNNING", "NaN in the reply"), "every sample but those",
        over,
    ),
    Fault(
        "sends a wild value", fault("outlier", 1e9), ("● RUNNING",),
        "the value as it came, marked as outside 0–255", over, wild=1e9,
    ),
    Fault(
        "counts backwards now and then", fault("backwards"), ("● RUNNING",),
        "every sample once, under its true number", over,
    ),
    Fault("sends a sample twice", fault("duplicate"), ("● RUNNING", "bad data"), ALL, over),
    Fault("leaves a sample out", fault("missing"), ("● RUNNING", "bad data"), ALL, over),
    Fault("has a clock that is an hour wrong", fault("clock"), ("● RUNNING",), ALL, over),
    Fault("sends markup and escape sequences", fault("markup"), ("● RUNNING",), ALL, over),
    Fault("stopped by another client", paused_elsewhere, ("■ STOPPED",), ALL, resumed_elsewhere),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Machine:
    """What goes wrong on this side of the link.

    Attributes:
        name: what.
        seen: for the README.
        kept: for the README.
        test: file and function that let it happen.
    """

    name: str
    seen: str
    kept: str
    test: str


MACHINE: tuple[Machine, ...] = (
    Machine(
        "connection refused for an hour", "one line that counts", "what was measured before",
        "tests/faults/test_link.py::test_refused_for_an_hour",
    ),
    Machine(
        "the host has no address (DNS)", "unreachable, the host is not known", ALL,
        "tests/faults/test_link.py::test_an_address_that_leads_nowhere",
    ),
    Machine(
        "the certificate is not trusted (TLS)", "unreachable, not trusted, and why", ALL,
        "tests/faults/test_link.py::test_a_certificate_that_is_not_trusted",
    ),
    Machine(
        "the server listens on IPv6 alone", "● RUNNING", ALL,
        "tests/faults/test_link.py::test_a_server_on_ipv6",
    ),
    Machine(
        "the terminal is closed (SIGHUP)", "–", "the recording is closed; exit code 130",
        "tests/tui/test_terminal.py::test_a_terminal_that_is_gone_ends_the_recording_and_the_program",
    ),
    Machine(
        "the terminal is closed, SIGHUP ignored", "–", "the same",
        "tests/tui/test_terminal.py::test_a_terminal_that_is_gone_is_noticed_without_a_signal",
    ),
    Machine(
        "SIGTERM", "the shell again", "the recording is closed; exit code 130",
        "tests/tui/test_terminal.py::test_a_signal_leaves_properly",
    ),
    Machine(
        "suspended (SIGTSTP) and continued (SIGCONT)", "the shell, then the whole screen again",
        "what the server still has comes afterwards",
        "tests/tui/test_terminal.py::test_it_gives_the_terminal_back_while_it_is_suspended",
    ),
    Machine(
        "SIGCONT out of the blue", "the whole screen again", ALL,
        "tests/tui/test_terminal.py::test_a_sigcont_out_of_the_blue_does_no_harm",
    ),
    Machine(
        "standard input is closed", "it needs a terminal; exit code 2", "–",
        "tests/cli/test_process.py::test_a_dashboard_without_stdin_says_so",
    ),
    Machine(
        "the terminal takes nothing any more", "–", ALL,
        "tests/tui/terminal/test_writer.py::test_a_terminal_that_takes_nothing_stops_nobody",
    ),
    Machine(
        "the output is closed", "–", "the program leaves",
        "tests/tui/terminal/test_writer.py::"
        "test_a_terminal_that_is_gone_is_told_once_and_the_rest_forgotten",
    ),
    Machine(
        "a storm of resizes, 1×1 to 400×120", "the last size, whole", ALL,
        "tests/tui/test_terminal.py::test_a_storm_of_resizes_while_painting",
    ),
    Machine(
        "the disk is full", "why the recording ended", "what is in the file; monitoring goes on",
        "tests/recording/test_recorder.py::"
        "test_a_full_disk_ends_it_cleanly_and_keeps_what_is_there",
    ),
    Machine(
        "the configuration cannot be read", "every mistake with its line; exit code 2", "–",
        "tests/cli/test_connection.py::test_a_broken_configuration_asks_no_server",
    ),
    Machine(
        "the home cannot be written", "one line that there is no log", ALL,
        "tests/tui/test_terminal.py::test_a_home_that_cannot_be_written_is_said",
    ),
)  # fmt: skip
