"""Run a program in a pseudo-terminal of a given size and measure what it costs."""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SYNC_BEGIN = b"\x1b[?2026h"
ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[6n": b"\x1b[24;1R",
    b"\x1b[c": b"\x1b[?62;22c",
}
"""What a modern terminal answers: that it shows frames at once, where its cursor is, what it is."""
SEEN = re.compile(b"|".join(map(re.escape, (SYNC_BEGIN, *ANSWERS))))
LONGEST = max(map(len, (SYNC_BEGIN, *ANSWERS)))
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Reading:
    """What one process used between two moments.

    Attributes:
        seconds: wall time.
        cpu: seconds of processor time, user and system.
        data: bytes written to the terminal.
        frames: synchronised updates (paints) seen.
        rss: resident memory at the end, bytes.
        gaps: seconds between paints.
    """

    seconds: float
    cpu: float
    data: int
    frames: int
    rss: int
    gaps: list[float] = field(default_factory=list)

    @property
    def cpu_percent(self) -> float:
        """Processor time as per cent of one core."""
        return 100 * self.cpu / self.seconds

    @property
    def frame_rate(self) -> float:
        """Paints a second."""
        return self.frames / self.seconds

    @property
    def bytes_per_second(self) -> float:
        """Output a second."""
        return self.data / self.seconds

    @property
    def bytes_per_frame(self) -> float:
        """Output a paint."""
        return self.data / max(1, self.frames)


class Terminal:
    """A program in a pseudo-terminal that answers the queries a modern terminal answers."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        width: int,
        height: int,
        environ: dict[str, str],
        answers: bool = True,
    ) -> None:
        self.answers = answers
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), environ)  # noqa: S606 - no shell is meant
        self.resize(width, height)
        self.frames = 0
        self.total = 0
        self.paints: list[float] = []
        self._tail = b""
        self._last = b""
        self.exit_code: int | None = None

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self.fd, keys)

    def read(self, timeout: float = 0.05) -> bytes:
        """Take what has come, answering queries; empty when nothing came in time or at the end."""
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        self._look(data)
        return data

    def _look(self, data: bytes) -> None:
        self.total += len(data)
        self._last = (self._last + data)[-4096:]
        window, end = self._tail + data, 0
        for seen in SEEN.finditer(window):
            end = seen.end()
            if seen[0] == SYNC_BEGIN:
                self.frames += 1
                self.paints.append(time.perf_counter())
            elif self.answers:
                self.send(ANSWERS[seen[0]])
        # Less than one marker is kept, so that none is counted twice and none is missed.
        self._tail = window[max(end, len(window) - LONGEST + 1) :]

    def run_for(self, seconds: float) -> None:
        """Read for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(min(0.05, left))

    def run_until(self, condition: Callable[[bytes], bool], timeout: float) -> float:
        """Read until `condition` holds for all output so far; seconds since the start.

        Raises:
            TimeoutError: it never held.
        """
        seen = bytearray()
        while time.perf_counter() - self.started < timeout:
            seen += self.read(0.01)
            if condition(bytes(seen)):
                return time.perf_counter() - self.started
        raise TimeoutError(re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", bytes(seen))[-2000:])

    def run_until_new(self, condition: Callable[[bytes], bool], timeout: float) -> bytes:
        """Read until `condition` holds for what is new; that.

        Raises:
            TimeoutError: it never held.
        """
        seen, end = bytearray(), time.perf_counter() + timeout
        while time.perf_counter() < end:
            seen += self.read(0.01)
            if condition(bytes(seen)):
                return bytes(seen)
        raise TimeoutError(bytes(seen[-2000:]))

    def run_to_end(self, timeout: float) -> bytes:
        """Read until the program ends; all it wrote. Sets `exit_code`.

        Raises:
            TimeoutError: it did not end.
        """
        seen = bytearray()
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            seen += self.read(0.01)
            if self._has_ended():
                seen += self.read(0.05)
                return bytes(seen)
        raise TimeoutError("the program did not end")

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.fd)

    def wait_for_end(self, timeout: float) -> None:
        """Wait for a program whose terminal is gone. Sets `exit_code`.

        Raises:
            TimeoutError: it did not end.
        """
        end = time.perf_counter() + timeout
        while not self._has_ended():
            if time.perf_counter() > end:
                raise TimeoutError("the program did not end")
            time.sleep(0.01)

    def ended_with(self, *parts: bytes) -> bool:
        """Tell whether the last output holds all `parts`."""
        return all(part in self._last for part in parts)

    @staticmethod
    def wait_readable(descriptor: int, timeout: float) -> None:
        """Wait until `descriptor` can be read.

        Raises:
            TimeoutError: it never could.
        """
        if not select.select([descriptor], [], [], timeout)[0]:
            raise TimeoutError("nothing to read")

    def _has_ended(self) -> bool:
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.exit_code = os.waitstatus_to_exitcode(status)
        return bool(pid)

    def cpu(self) -> float:
        """Processor seconds used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE

    def anonymous(self) -> int:
        """Resident bytes but for those of files, which come and go as the system pleases."""
        _, resident, of_files, *_ = Path(f"/proc/{self.pid}/statm").read_text().split()
        return (int(resident) - int(of_files)) * PAGE

    def measure(self, seconds: float) -> Reading:
        """Read for `seconds` and say what that cost the program."""
        cpu, total, frames, first = self.cpu(), self.total, self.frames, len(self.paints)
        start = time.perf_counter()
        self.run_for(seconds)
        elapsed = time.perf_counter() - start
        paints = self.paints[first:]
        return Reading(
            elapsed,
            self.cpu() - cpu,
            self.total - total,
            self.frames - frames,
            self.rss(),
            [b - a for a, b in itertools.pairwise(paints)],
        )

    def close(self, keys: bytes = b"q", timeout: float = 3.0) -> tuple[int | None, float]:
        """Type `keys` and wait for the end; kill what stays.

        Returns:
            Exit code (None when it had to be killed) and seconds until the end.
        """
        start = time.perf_counter()
        self.send(keys)
        while time.perf_counter() - start < timeout:
            self.read(0.005)
            if self._has_ended():
                took = time.perf_counter() - start
                while self.read(0.05):  # a slow line still holds its last words
                    pass
                os.close(self.fd)
                return self.exit_code, took
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        return None, timeout
