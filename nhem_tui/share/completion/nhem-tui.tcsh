# nhem-tui completion for tcsh
complete nhem-tui \
    'n/--image/f/' \
    'n/--log-file/f/' \
    'n/--output/f/' \
    'n/analyze/f/' \
    'n/export/f/' \
    'n/import/f/' \
    'n/inspect/f/' \
    'n/repair/f/' \
    'n/replay/f/' \
    'p@*@`nhem-tui completion tcsh "$COMMAND_LINE"`@'
