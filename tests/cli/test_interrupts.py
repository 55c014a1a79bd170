"""Signals that come while a command already ends: what it tidies up is tidied up."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from nhem_tui.recording.reader import Recording
from tests.cli.support import python

HASTE = """
    import os, signal, sys

    def hurry():
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            os.kill(os.getpid(), number)
"""


def ended_in_haste(code: str) -> int:
    """Run code that may `hurry` in a process of its own; returns its exit code."""
    result = python(textwrap.dedent(HASTE) + textwrap.dedent(code))
    assert "Traceback" not in result.stderr
    return result.returncode


def test_a_recording_is_closed_whatever_comes_meanwhile(simulated: str, tmp_path: Path) -> None:
    path = tmp_path / "night.nhem"
    words = ["record", "--output", str(path), "--seconds", "0.5", "--url", simulated]
    code = f"""
        from nhem_tui.cli.main import main
        from nhem_tui.recording.recorder import Recorder

        close = Recorder.close

        def close_in_haste(recorder, reason):
            hurry()
            return close(recorder, reason)

        Recorder.close = close_in_haste
        sys.exit(main({words!r}))
    """
    assert ended_in_haste(code) == 0
    with Recording(path) as recording:
        assert recording.identity.ended is not None
        assert recording.identity.ended.reason == "time over"
        assert recording.indices["main"].count > 0
    assert [file.name for file in tmp_path.iterdir()] == ["night.nhem"]


def test_an_export_leaves_no_temporary_folder_whatever_comes_meanwhile(
    simulated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    words = ["export", "live", "--output", str(tmp_path / "a.csv"), "--seconds", "0.1"]
    code = f"""
        import tempfile
        from nhem_tui.cli.main import main

        cleanup = tempfile.TemporaryDirectory.cleanup

        def cleanup_in_haste(folder):
            hurry()
            cleanup(folder)

        tempfile.TemporaryDirectory.cleanup = cleanup_in_haste
        sys.exit(main({[*words, "--url", simulated]!r}))
    """
    assert ended_in_haste(code) == 130
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_file_half_written_is_removed_whatever_comes_meanwhile(
    tmp_path: Path, number: str
) -> None:
    code = f"""
        from pathlib import Path
        from nhem_tui.cli.interrupts import as_interrupts
        from nhem_tui.recording.target import written

        unlink = Path.unlink

        def unlink_in_haste(path, missing_ok=False):
            hurry()
            unlink(path, missing_ok)

        Path.unlink = unlink_in_haste
        try:
            with as_interrupts(), written(Path({str(tmp_path / "a.csv")!r}), overwrite=False):
                os.kill(os.getpid(), signal.{number})
        except KeyboardInterrupt:
            sys.exit(130)
    """
    assert ended_in_haste(code) == 130
    assert [*tmp_path.iterdir()] == []


def test_a_cancelled_command_is_cancelled_once() -> None:
    code = """
        import asyncio
        from nhem_tui.cli import interrupts

        async def work():
            os.kill(os.getpid(), signal.SIGTERM)
            try:
                await asyncio.Event().wait()
            finally:
                os.kill(os.getpid(), signal.SIGHUP)
                os.kill(os.getpid(), signal.SIGTERM)
                for _ in range(10):
                    await asyncio.sleep(0)
                tidied.append(True)

        tidied = []
        try:
            interrupts.run(work())
        except KeyboardInterrupt:
            sys.exit(7 if tidied else 8)
    """
    assert ended_in_haste(code) == 7
