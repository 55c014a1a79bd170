"""Servers in threads: told what to answer, or simulated; and the program as a process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from nhem_tui.simulator.server import Simulator, SimulatorOptions

RECORDINGS = Path(__file__).parent.parent / "data" / "recordings"
LOG = Path(".local") / "state" / "nhem-tui" / "nhem_client.log"
"""Where the log is, below the home."""

Answer = tuple[int, bytes]
"""HTTP status and body; status 0 cuts the connection."""


def user_file(home: Path) -> Path:
    """Return where the user's settings are."""
    return home / ".config" / "nhem-tui" / "config.json"


def configure(home: Path, content: object) -> Path:
    """Write the user's settings; return their file."""
    path = user_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1))
    return path


def recorded(name: str) -> Answer:
    """Return the reply of a real server."""
    reply = json.loads((RECORDINGS / f"{name}.json").read_text())
    return reply["status"], json.dumps(reply["body"]).encode()


def body_of(name: str) -> dict[str, Any]:
    """Return the body of a real server's reply, to be changed."""
    body: dict[str, Any] = json.loads(recorded(name)[1])
    return body


def status(**changes: object) -> Answer:
    """Return a real reply of ``/status`` with changes."""
    number, body = recorded("running-status")
    return number, json.dumps({**json.loads(body), **changes}).encode()


def answer(body: object) -> Answer:
    """Return a reply of success."""
    return 200, json.dumps(body).encode()


def roi_window(first: int, values: list[float], kind: str = "running-roi-window-capture") -> Answer:
    """Return a real window of the region with other samples, half a second apart."""
    body = body_of(kind)
    body["series"] = [
        {"t": 0.5 * i, "gray_value": value, "roi_index": first + i}
        for i, value in enumerate(values)
    ]
    return answer(body)


class StubServer(ThreadingHTTPServer):
    """Answers each endpoint with what was queued for it; the last answer is given for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.fallback: Answer = (404, b'{"detail":"Not Found"}')
        self.far = ""
        self.requests: list[tuple[str, str]] = []
        self.headers_seen: list[Message] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def forward_to(self, url: str) -> None:
        """Let another server answer whatever nothing is queued for."""
        self.far = url.partition("://")[2]

    def tell(self, endpoint: str, *answers: Answer) -> None:
        """Queue answers, e.g. for ``GET /status``."""
        self.answers[endpoint] = list(answers)

    def before_answer(self, body: str) -> None:
        """Called when a request has been handled and before it is answered."""

    @property
    def endpoints(self) -> list[str]:
        """What was asked for, in order."""
        return [endpoint for endpoint, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    server: StubServer

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path, _, query = self.path.partition("?")
        endpoint = f"{method} {path}"
        self.server.requests.append((endpoint, query or body))
        self.server.headers_seen.append(self.headers)
        queued = self.server.answers.get(endpoint, [self.server.fallback])
        if self.server.far and endpoint not in self.server.answers:
            queued = [self._ask_the_far_server(method, body)]
        number, content = queued.pop(0) if len(queued) > 1 else queued[0]
        self.server.before_answer(body)
        if number == 0:
            return
        self.send_response(number)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):  # nobody waits for an answer that comes too late
            self.wfile.write(content)

    def _ask_the_far_server(self, method: str, body: str) -> Answer:
        far = HTTPConnection(self.server.far, timeout=5)
        kind = {"Content-Type": self.headers.get("Content-Type", "")}
        far.request(method, self.path, body, kind)
        reply = far.getresponse()
        answer = reply.status, reply.read()
        far.close()
        return answer


@contextmanager
def simulated_server(options: SimulatorOptions) -> Iterator[Simulator]:
    """Run the embedded server in a thread of this process, on a free port and in a hurry."""
    with running_simulator(options) as (server, _):
        yield server


@contextmanager
def running_simulator(
    options: SimulatorOptions,
) -> Iterator[tuple[Simulator, asyncio.AbstractEventLoop]]:
    """Run the embedded server as `simulated_server` does, with the loop it runs in."""
    loop = asyncio.new_event_loop()
    server = Simulator(replace(options, port=0, line_detection_seconds=0.01))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield server, loop
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def program(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Run the program as a process of its own; it does not outlive the block."""
    command = [sys.executable, "-m", "nhem_tui", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], word: str) -> None:
    """Read lines of a program up to the first that holds `word`."""
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(f"the program ended without saying {word!r}")


def has_ended(pid: int) -> bool:
    """Wait for the end of a process that is not ours; False if it goes on."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
