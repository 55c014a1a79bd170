#!/usr/bin/env bash
# A whole measurement as a script does it: configure, start, wait, capture, export, stop.
# The server's address is the first argument; everything is written into the current folder.
set -euo pipefail

nhem-tui settings set server.base_url "$1"
nhem-tui health --quiet
nhem-tui roi set 100 100 300 250
nhem-tui roi rate 20
nhem-tui peaks set --threshold 110

nhem-tui start
trap 'nhem-tui stop --quiet' EXIT
nhem-tui watch --count 60 >/dev/null

nhem-tui capture --json --count 50 >frames.jsonl
nhem-tui capture --roi --json >roi.jsonl
nhem-tui waveform --output wave.png
nhem-tui export live --seconds 0.5 --output samples.csv

trap - EXIT
nhem-tui stop
if nhem-tui roi set 0 0 10 10 2>/dev/null; then exit 1; fi
