"""Run the program with ``python -m nhem_tui``."""

import sys

from nhem_tui.cli.main import main

sys.exit(main())
