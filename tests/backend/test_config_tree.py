"""The server's configuration as a tree: nothing that spoils it, no password that is shown."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from nhem_tui.backend import config_tree
from nhem_tui.backend.config_tree import Change
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.notation.mask import MASK
from nhem_tui.simulator.config_store import SECTIONS, is_valid, shipped

TREE = shipped(password="geheim-31415", fps=45, buffer_size=100)


def changed(*path: str, value: object) -> dict[str, Any]:
    return config_tree.replaced(TREE, path, value)


def test_what_is_shipped_is_taken() -> None:
    assert config_tree.check_document(TREE) == TREE
    assert config_tree.SECTIONS == SECTIONS


@pytest.mark.parametrize("section", SECTIONS)
def test_all_six_sections_are_wanted(section: str) -> None:
    tree = {name: values for name, values in TREE.items() if name != section}
    with pytest.raises(InvalidValue, match=section):
        config_tree.check_document(tree)


@pytest.mark.parametrize("tree", [None, [], "text", 5, {}])
def test_what_is_no_configuration_is_refused(tree: object) -> None:
    with pytest.raises(InvalidValue):
        config_tree.check_document(tree)


@pytest.mark.parametrize(
    "path,value",
    [
        ("data_processing.fps", 500),
        ("data_processing.buffer_size", 5),
        ("roi_capture.frame_rate", 31),
        ("roi_capture.frame_rate", 2.5),
        ("roi_capture.frame_rate", True),
        ("peak_detection.min_region_length", 15),
        ("peak_detection.threshold", float("nan")),
        ("logging.level", "LOUD"),
        ("roi_capture.default_config", {"x1": 5}),
        ("roi_capture.default_config", {"x1": 0, "y1": 0, "x2": 40, "y2": 40}),
        ("roi_capture.default_config.x1", -5),
    ],
)
def test_what_would_spoil_the_server_is_refused_by_name(path: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=path.rpartition(".")[0]):
        config_tree.check_document(changed(*path.split("."), value=value))


def test_what_is_too_deep_to_walk_is_refused() -> None:
    deep = json.loads("[" * 500 + "]" * 500)
    with pytest.raises(InvalidValue, match="levels deep"):
        config_tree.check_document(changed("server", "note", value=deep))
    with pytest.raises(InvalidValue, match="must be JSON"):
        config_tree.parse_value(("server", "note"), json.dumps(deep), None)


def test_a_replaced_value_leaves_its_neighbours_and_the_original() -> None:
    before = copy.deepcopy(TREE)
    tree = changed("roi_capture", "default_config", "x1", value=120)
    assert tree["roi_capture"]["default_config"] == {"x1": 120, "y1": 100, "x2": 300, "y2": 250}
    assert tree["roi_capture"]["frame_rate"] == 4
    assert before == TREE
    assert is_valid(tree)


def test_differences_name_what_came_went_and_changed() -> None:
    after = changed("peak_detection", "threshold", value=110.0)
    after["extra"] = {"key": [1]}
    after["bare"] = {}
    del after["logging"]
    assert config_tree.differences(TREE, after) == [
        Change(("bare",), None, {}),
        Change(("extra", "key"), None, [1]),
        Change(("logging", "level"), "INFO", None),
        Change(("peak_detection", "threshold"), 104.0, 110.0),
    ]
    assert config_tree.differences(TREE, TREE) == []


def test_no_password_is_left_anywhere() -> None:
    tree = changed("server", "note", value=["call with geheim-31415 please"])
    tree["proxy"] = {"api_token": {"value": "t0ken-abcdef"}}
    text = json.dumps(config_tree.masked(tree), ensure_ascii=False)
    assert "geheim" not in text
    assert "t0ken" not in text
    assert MASK in text


def test_nothing_is_left_of_a_password_that_begins_as_another() -> None:
    tree = {"logins": {f"password{n}": "geheim-31415"[:n] for n in range(4, 12)}}
    tree["server"] = {"note": "call with geheim-3141 please"}
    assert config_tree.masked(tree)["server"] == {"note": f"call with {MASK} please"}


def test_masks_are_filled_from_the_server() -> None:
    masked = config_tree.masked(TREE)
    assert config_tree.unmasked(masked, TREE) == TREE
    with pytest.raises(InvalidValue, match=r"security\.password is masked"):
        config_tree.unmasked(masked, {})


@pytest.mark.parametrize("before", [45, 0.5, True, [1, 2]])
@pytest.mark.parametrize(
    "text", ["", "  ", "NaN", "1e999", "abc", "１０５", "[NaN]", '"x"', "[1e999]", "{", "\x1b[31m"]
)
def test_a_value_keeps_its_kind(before: object, text: str) -> None:
    with pytest.raises(InvalidValue, match="must be"):
        config_tree.parse_value(("other", "key"), text, before)


@pytest.mark.parametrize(
    "before,text,value",
    [
        (45, " 60 ", 60),
        (104.0, "105", 105.0),
        (True, "False", False),
        ("INFO", "DEBUG", "DEBUG"),
        ([1], "[40, 50]", [40, 50]),
        (None, "null", None),
    ],
)
def test_what_is_typed_becomes_a_value_of_the_same_kind(
    before: object, text: str, value: object
) -> None:
    found = config_tree.parse_value(("other", "key"), text, before)
    assert (found, type(found)) == (value, type(value))


def test_text_is_not_empty_and_steers_no_terminal() -> None:
    for text in ("", " ", "a\x1b[31m", "a\nb"):
        with pytest.raises(InvalidValue):
            config_tree.parse_value(("server", "host"), text, "lab3")
