"""``analyze``: the server's analysis, which is always one of its last frames (contract §7)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.files import read_small
from nhem_tui.cli.made_up import made_up, warn_if_any
from nhem_tui.cli.options import add_common
from nhem_tui.cli.parser import Parser
from nhem_tui.cli.replies import document

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="send this file; servers ignore it"
    )
    add_common(parser)
    parser.examples("analyze", "analyze --json | jq .has_hem", "analyze video.mp4")


def run(call: Call) -> ExitCode:
    """Send the file if there is one; print the analysis."""
    path: Path | None = call.args.file
    content = b"" if path is None else read_small(path)

    async def analyse(client: BackendClient, call: Call) -> ExitCode:
        if path is None:
            analysis = await client.analyze_realtime()
        else:
            call.out.warn("the server ignores the file: this is an analysis of its last frames")
            analysis = await client.analyze_file(path.name, content)
        warn_if_any(call.out, made_up([point.value for point in analysis.series]))
        if call.out.as_json:
            facts = document(call.out, "analysis", analysis)
            facts["frame"] = facts.pop("frame_count")
            call.out.json({**facts, "peak_signal": bool(analysis.peak_signal)})
            return ExitCode.DONE
        call.out.rows(
            [
                ("High echo", "yes" if analysis.has_hem else "no"),
                ("Events", str(len(analysis.events))),
                ("Samples", str(len(analysis.series))),
                ("Baseline", f"{analysis.baseline:.2f}"),
                ("Frame", str(analysis.frame_count)),
            ]
        )
        return ExitCode.DONE

    return call.ask(analyse, repeat=path is None)
