"""Run the simulator: ``python -m nhem_tui.simulator --port 0 --running``."""

from __future__ import annotations

import argparse
import sys

from nhem_tui.simulator.command import add_arguments, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="nhem-simulator",
        description="A simulated NHEM backend.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    sys.exit(run(parser.parse_args()))
