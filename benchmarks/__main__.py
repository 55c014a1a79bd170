"""Everything that is measured, in one run: ``python -m benchmarks [--write] [--only NAME …]``.

Each part prints a Markdown table; ``--write`` puts it into the README, between
``<!-- bench:NAME -->`` and ``<!-- /bench:NAME -->``. The whole takes about half an hour; the long
``soak`` runs only when it is named.
"""

from __future__ import annotations

import argparse
import compileall
from collections.abc import Callable

from benchmarks import dashboard, detector, faults, lines, points, sizes, soak, ssh, startup, states
from benchmarks.tables import README, replaced

PARTS: dict[str, Callable[[], list[str]]] = {
    "costs": dashboard.measured,
    "states": states.measured,
    "points": points.measured,
    "detector": detector.measured,
    "start": startup.measured,
    "bytes": sizes.measured,
    "lines": lines.measured,
    "ssh": ssh.measured,
    "faults": faults.measured,
    "days": lambda: soak.accelerated(7),
    "soak": lambda: soak.real(150),
}
LONG = ("soak",)
"""Parts that take more than an hour."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), metavar="NAME")
    args = parser.parse_args()
    for package in ("nhem_tui", "benchmarks"):  # as an installation does
        compileall.compile_dir(README.parent / package, quiet=1)
    for name in args.only or [name for name in PARTS if name not in LONG]:
        table = "\n".join(PARTS[name]())
        print(f"\n## {name}\n\n{table}", flush=True)
        if args.write:
            README.write_text(replaced(README.read_text(), f"bench:{name}", table))


if __name__ == "__main__":
    main()
