"""Files of an imagined user, and values for any leaf of the schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from nhem_tui.config.paths import Places
from nhem_tui.config.schema import Field

TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)


def places_below(root: Path) -> Places:
    return Places(
        working_file=root / "cwd" / "http_client_config.json",
        user_file=root / "config" / "nhem-tui" / "config.json",
        home_file=root / "home" / ".nhem" / "client_config.json",
        system_file=root / "etc" / "nhem" / "client_config.json",
        state_dir=root / "state",
    )


def write(path: Path, content: object, *, indent: int | None = 2) -> Path:
    """Write JSON, or a text as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content, indent=indent)
    path.write_text(text, encoding="utf-8")
    return path


def values_of(leaf: Field) -> st.SearchStrategy[Any]:
    """Everything the schema allows for a leaf."""
    special: dict[str, st.SearchStrategy[Any]] = {
        # Each fits the others, and the defaults of the others.
        "roi.default_x1": st.integers(0, 1480),
        "roi.default_x2": st.integers(1530, 100_000),
        "roi.default_y1": st.integers(0, 480),
        "roi.default_y2": st.integers(530, 100_000),
        "logging.file": TEXT.map(lambda text: text.replace("/", "")),
        "server.base_url": st.sampled_from(["http://lab3:8421", "https://nhem.example/a"]),
        "logging.max_size": st.sampled_from(["10MB", "1kb", "1 GB", "2048"]),
    }
    if leaf.path in special:
        return special[leaf.path]
    if leaf.choices:
        return st.sampled_from(leaf.choices)
    if leaf.type is bool:
        return st.booleans()
    if leaf.type is int:
        assert leaf.minimum is not None
        assert leaf.maximum is not None
        return st.integers(int(leaf.minimum), int(leaf.maximum))
    if leaf.type is float:
        return st.floats(leaf.minimum, leaf.maximum)
    if leaf.type is dict:
        return st.dictionaries(TEXT, TEXT, max_size=3)
    return TEXT
