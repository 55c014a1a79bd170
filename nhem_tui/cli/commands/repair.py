"""``repair``: save what can be read of a damaged recording into a new file."""

from __future__ import annotations

from pathlib import Path

from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.cli.interrupts import as_interrupts
from nhem_tui.cli.options import add_telling
from nhem_tui.cli.parser import Parser


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    add_telling(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a damaged recording")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="file to create (default: FILE-repaired)"
    )
    parser.examples("repair night.nhem", "repair night.nhem --output saved.nhem")


def run(call: Call) -> ExitCode:
    """Save what can be saved; the old file is only read."""
    from nhem_tui.recording.opening import LACKS_LOG, lacks_log
    from nhem_tui.recording.repair import repair

    path: Path = call.args.file
    if lacks_log(path):
        call.out.warn(LACKS_LOG, even_quiet=True)
    with as_interrupts():
        saved = repair(path, call.args.output or path.with_stem(f"{path.stem}-repaired"))
    if call.out.as_json:
        call.out.json(
            {
                "type": "repaired",
                "path": str(saved.path),
                "samples": saved.samples,
                "missing": saved.missing,
                "rows": saved.rows,
            }
        )
    else:
        counts = f"{saved.samples} samples saved, {saved.missing} missing between"
        call.out.line(f"{saved.path}: {counts}")
    if not saved.samples:
        raise CommandError(f"{path} holds no sample that could be saved", ExitCode.BAD_DATA)
    return ExitCode.DONE
