"""``inspect``: what a recording holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhem_tui.cli.call import Call
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.options import add_telling
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.recording.reader import Recording
    from nhem_tui.recording.summary import Stretch


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_telling(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.examples("inspect night.nhem", "inspect night.nhem --json")


def run(call: Call) -> ExitCode:
    """Open the file, describe it."""
    from nhem_tui.recording.opening import LACKS_LOG
    from nhem_tui.recording.reader import Recording

    with Recording(call.args.file) as recording:
        if recording.lacks_log:
            call.out.warn(LACKS_LOG, even_quiet=True)
        if call.out.as_json:
            call.out.json(_facts(recording))
        else:
            _tell(call, recording)
    return ExitCode.DONE


def _facts(recording: Recording) -> dict[str, Any]:
    import msgspec

    from nhem_tui.recording.dataset import history
    from nhem_tui.recording.summary import stretches

    return {
        "type": "recording",
        "path": str(recording.path),
        "bytes": recording.size,
        **msgspec.to_builtins(msgspec.structs.asdict(recording.identity)),  # those unsaid as well
        "recording": recording.being_recorded,
        "duration": recording.duration,
        "stretches": msgspec.to_builtins(stretches(recording)),
        "gaps": [msgspec.to_builtins(gap.what) for gap in recording.gaps()],
        "marks": msgspec.to_builtins(recording.marks()),
        "parameters": msgspec.to_builtins([*history(recording)]),
        "log_missing": recording.lacks_log,
        "rows": recording.counts(),
    }


def _tell(call: Call, recording: Recording) -> None:
    from nhem_tui.recording.dataset import history
    from nhem_tui.recording.summary import stretches

    identity, out = recording.identity, call.out
    out.rows(
        [
            ("File", f"{recording.path}, {_bytes(recording.size)}"),
            ("Written by", identity.program + ("; repaired" if identity.repaired else "")),
            ("Server", f"{identity.url or 'unknown'}, version {identity.server or 'unknown'}"),
            ("Started", f"{_moment(identity.started)}, part {identity.part}"),
            ("Duration", _duration(recording)),
            ("Ended", _end(recording)),
        ]
    )
    out.line()
    header = ("channel", "epoch", "first", "last", "samples", "missing", "simulated", "gray", "Hz")
    out.table(header, [_row(stretch) for stretch in stretches(recording)])
    out.line()
    counts = recording.counts()
    names = {
        "gap": "Gaps", "event": "Events", "state": "States", "mark": "Marks", "picture": "Pictures",
    }  # fmt: skip
    out.rows([(label, str(counts[table])) for table, label in names.items()])
    for mark in recording.marks():
        out.line(f"  mark at {mark.t:.3f} s: {mark.text}")
    for known in history(recording):
        since = "the beginning" if known.t is None else f"{known.t:.3f} s"
        values = ", ".join(f"{name} {value}" for name, value in known.values.items())
        out.line(f"  parameters of the {known.owner} from {since}: {values}")


def _row(stretch: Stretch) -> tuple[str, ...]:
    return (
        stretch.channel,
        *map(str, (stretch.epoch, stretch.first, stretch.last, stretch.samples)),
        *map(str, (stretch.missing, stretch.simulated)),
        f"{stretch.low:.1f} to {stretch.high:.1f}",
        "-" if stretch.rate is None else f"{stretch.rate:.1f}",
    )


def _end(recording: Recording) -> str:
    ended = recording.identity.ended
    if ended is not None:
        return f"{_moment(ended.at)}, {ended.reason}"
    if recording.being_recorded:
        return "is being recorded; until it ends the -wal beside it belongs to it"
    if recording.lacks_log:
        return "unknown: its end was in the -wal"
    return "its recorder was killed; a -wal beside it belongs to it"


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _moment(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _duration(recording: Recording) -> str:
    """How long it recorded, and how far what the server still had reaches back before that."""
    text, span = _span(recording.duration), recording.span
    if span is not None and span[0] < 0:
        text += f", and samples the server still had from {_span(-span[0])} before"
    return text


def _span(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"
