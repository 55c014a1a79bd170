"""How deep JSON may be: whoever walks it calls itself at every level, and the stack has an end."""

from __future__ import annotations

from typing import Final

DEEPEST: Final = 64
"""Lists and objects inside of each other; four or five are usual."""

_CONTAINERS: Final = (dict, list)


def is_too_deep(value: object) -> bool:
    """Tell whether decoded JSON is deeper than `DEEPEST`."""
    level = [value]
    for _ in range(DEEPEST + 1):
        containers = [item for item in level if isinstance(item, _CONTAINERS)]
        if not containers:
            return False
        level = [
            item
            for container in containers
            for item in (container.values() if isinstance(container, dict) else container)
        ]
    return True
