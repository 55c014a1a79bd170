"""The simulated server of ``demo`` goes with whoever started it."""

from __future__ import annotations

import subprocess
import sys

from nhem_tui.cli.simulator_process import simulator
from tests.cli.support import has_ended

OWNER = """
import time
from nhem_tui.cli.simulator_process import SimulatorProcess
process = SimulatorProcess()
print(process.url(), process._process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_when_its_owner_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        url, pid = owner.stdout.readline().decode().split()
        assert url.startswith("http://127.0.0.1:")
        owner.kill()
    assert has_ended(int(pid))


def test_each_has_a_port_of_its_own() -> None:
    with simulator() as one, simulator() as other:
        assert one.url() != other.url()
