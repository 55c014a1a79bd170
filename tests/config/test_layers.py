"""Which layer wins, what is told about values nobody can use, and that nothing is guessed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhem_tui.backend import limits
from nhem_tui.config import regions
from nhem_tui.config.layers import DEFAULT, Flag, Layer, Loaded, load, variable_of
from nhem_tui.config.paths import Places
from nhem_tui.config.problems import ConfigError
from nhem_tui.config.schema import Field, Settings, by_path, fields, value_of
from tests.config.support import places_below, values_of, write

LAYERS = ("system", "home", "user", "working", "profile", "environment", "flag")
"""From weak to strong."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return places_below(tmp_path)


def problems(
    places: Places,
    *,
    flags: Mapping[str, Flag] = MappingProxyType({}),
    profile: str = "",
    environ: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(places=places, flags=flags, profile=profile, environ=environ)
    return [str(problem) for problem in caught.value.problems]


def test_without_any_configuration_everything_is_default(places: Places) -> None:
    loaded = load(environ={}, places=places)
    assert loaded.settings == Settings()
    assert set(loaded.origins) == set(by_path())
    assert set(loaded.origins.values()) == {DEFAULT}
    assert loaded.warnings == ()


def test_the_seeds_own_example_is_accepted(places: Places) -> None:
    write(
        places.working_file,
        {
            "server": {
                "base_url": "http://localhost:8421",
                "password": "31415",
                "timeout": 30,
                "retry_attempts": 3,
            },
            "display": {
                "update_interval": 0.05,
                "buffer_size": 100,
                "max_framerate": 20,
                "chart_width": 10,
                "chart_height": 6,
                "theme": "dark",
            },
            "roi": {
                "default_x1": 1480,
                "default_y1": 480,
                "default_x2": 1580,
                "default_y2": 580,
            },
            "peak_detection": {
                "show_peaks": True,
                "peak_threshold": 105.0,
                "color_peaks": True,
            },
            "export": {"default_format": "csv", "include_metadata": True, "compression": False},
            "logging": {
                "level": "INFO",
                "file": "nhem_client.log",
                "max_size": "10MB",
                "backup_count": 5,
            },
        },
    )
    loaded = load(environ={}, places=places)
    assert loaded.warnings == ()
    assert loaded.settings.server.timeout == 30
    assert loaded.settings.display.buffer_size == 100


def load_layers(leaf: str, values: dict[str, Any], root: Path) -> Loaded:
    """Put a value of one leaf into each of the layers named and load them."""
    places = places_below(root)
    section, _, name = leaf.partition(".")
    files = {
        "system": places.system_file,
        "home": places.home_file,
        "user": places.user_file,
        "working": places.working_file,
    }
    contents: dict[str, dict[str, Any]] = {
        layer: {section: {name: values[layer]}} for layer in files if layer in values
    }
    if "profile" in values:
        weakest = contents.setdefault("system", {})
        weakest["profiles"] = {"lab1": {section: {name: values["profile"]}}, "lab2": {}}
    for layer, content in contents.items():
        write(files[layer], content)
    environ = {}
    if "environment" in values:
        value = values["environment"]
        environ[variable_of(leaf)] = value if isinstance(value, str) else json.dumps(value)
    flags = {leaf: Flag("--flag", values["flag"])} if "flag" in values else {}
    profile = "lab1" if "profile" in values else ""
    return load(flags=flags, profile=profile, environ=environ, places=places)


@given(st.data())
def test_the_strongest_layer_wins_leaf_by_leaf(data: st.DataObject) -> None:
    leaf = data.draw(st.sampled_from(fields()))
    allowed = [layer for layer in LAYERS if not (leaf.own and layer == "working")]
    layers = data.draw(st.sets(st.sampled_from(allowed)))
    value = values_of(leaf).filter(bool) if leaf.type is str else values_of(leaf)
    values = {layer: data.draw(value) for layer in LAYERS if layer in layers}
    with tempfile.TemporaryDirectory() as folder:
        loaded = load_layers(leaf.path, values, Path(folder))
    expected = list(values.values())[-1] if values else leaf.default
    assert value_of(loaded.settings, leaf.path) == expected
    assert (loaded.origins[leaf.path] == DEFAULT) is (not values)
    strength = dict(zip(LAYERS, list(Layer)[1:], strict=True))
    strongest = [*values][-1] if values else None
    assert loaded.layers[leaf.path] == strength.get(strongest, Layer.DEFAULT)
    others = {path: origin for path, origin in loaded.origins.items() if path != leaf.path}
    assert set(others.values()) == {DEFAULT}


@pytest.mark.parametrize(
    ("layer", "origin"),
    [
        ("system", "etc/nhem/client_config.json:3"),
        ("home", "home/.nhem/client_config.json:3"),
        ("user", "config/nhem-tui/config.json:3"),
        ("working", "cwd/http_client_config.json:3"),
        ("profile", "etc/nhem/client_config.json:5"),
        ("environment", "NHEM_DISPLAY_BUFFER_SIZE"),
        ("flag", "--flag"),
    ],
)
def test_the_origin_names_file_and_line_variable_or_flag(
    tmp_path: Path, layer: str, origin: str
) -> None:
    loaded = load_layers("display.buffer_size", {layer: 500}, tmp_path)
    assert loaded.origins["display.buffer_size"].removeprefix(f"{tmp_path}/") == origin


def test_leaves_of_one_section_come_from_different_layers(places: Places) -> None:
    write(places.home_file, {"server": {"timeout": 7, "retry_attempts": 1}})
    write(places.working_file, {"server": {"timeout": 9}})
    environ = {"NHEM_URL": "http://lab3:8421"}
    server = load(environ=environ, places=places).settings.server
    assert (server.base_url, server.timeout, server.retry_attempts) == ("http://lab3:8421", 9, 1)


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("NHEM_URL", "http://lab3:1", "server.base_url", "http://lab3:1"),
        ("NHEM_BASE_URL", "http://lab3:1", "server.base_url", "http://lab3:1"),
        ("NHEM_SERVER_BASE_URL", "http://lab3:1", "server.base_url", "http://lab3:1"),
        ("NHEM_PASSWORD", "007", "server.password", "007"),
        ("NHEM_UPDATE_INTERVAL", "0.5", "display.update_interval", 0.5),
        ("NHEM_BUFFER_SIZE", " 500 ", "display.buffer_size", 500),
        ("NHEM_LOG_LEVEL", "DEBUG", "logging.level", "DEBUG"),
        ("NHEM_LOG_LEVEL", " debug", "logging.level", "DEBUG"),
        ("NHEM_DISPLAY_SHOW_GRID", "false", "display.show_grid", False),
        ("NHEM_DISPLAY_SHOW_GRID", "0", "display.show_grid", False),
        ("NHEM_SERVER_HEADERS", '{"X-Lab": "3"}', "server.headers", {"X-Lab": "3"}),
    ],
)
def test_variables(places: Places, name: str, text: str, path: str, value: object) -> None:
    loaded = load(environ={name: text}, places=places)
    assert value_of(loaded.settings, path) == value
    assert loaded.origins[path] == name


def test_an_empty_variable_is_not_set(places: Places) -> None:
    loaded = load(environ={"NHEM_URL": "", "NHEM_BUFFER_SIZE": ""}, places=places)
    assert loaded.settings == Settings()


def test_a_profile_is_chosen_by_name_or_variable(places: Places) -> None:
    labs = {name: {"server": {"base_url": f"http://{name}:8421"}} for name in ("lab1", "lab2")}
    write(places.user_file, {"profiles": labs, "server": {"base_url": "http://other:1"}})
    named = load(profile="lab1", environ={"NHEM_PROFILE": "lab2"}, places=places)
    assert (named.settings.server.base_url, named.profile) == ("http://lab1:8421", "lab1")
    by_variable = load(environ={"NHEM_PROFILE": "lab2"}, places=places)
    assert by_variable.settings.server.base_url == "http://lab2:8421"
    assert load(environ={}, places=places).settings.server.base_url == "http://other:1"


def test_a_profile_in_several_files_is_one(places: Places) -> None:
    write(places.system_file, {"profiles": {"lab1": {"server": {"timeout": 7, "ssh": "a@lab1"}}}})
    write(places.user_file, {"profiles": {"lab1": {"server": {"timeout": 9}}}})
    server = load(profile="lab1", environ={}, places=places).settings.server
    assert (server.timeout, server.ssh) == (9, "a@lab1")


def test_an_unknown_profile_is_refused_with_those_there_are(places: Places) -> None:
    write(places.user_file, {"profiles": {"lab1": {}, "office": {}}})
    assert problems(places, profile="lab7") == [
        "--profile: there is no profile 'lab7'; there are lab1, office; did you mean lab1?"
    ]


def test_keys_are_free_and_merged_one_by_one(places: Places) -> None:
    write(places.home_file, {"keys": {"freeze": "f", "quit": "ctrl+x"}})
    write(places.user_file, {"keys": {"freeze": "z"}})
    loaded = load(environ={}, places=places)
    assert loaded.settings.keys == {"freeze": "z", "quit": "ctrl+x"}
    assert loaded.origins["keys.freeze"] == f"{places.user_file}:3"


def test_all_errors_come_at_once_each_with_source_and_range(places: Places) -> None:
    write(
        places.working_file,
        {
            "server": {"timeout": "fast", "base_url": "lab3:8421"},
            "display": {"buffer_size": 5, "theme": "darc", "show_grid": "maybe"},
            "logging": {"max_size": "lots"},
            "roi": 7,
        },
    )
    write(places.home_file, '{"server": {"timeout": 5,}}')
    where = places.working_file
    broken, *others = problems(
        places,
        environ={"NHEM_DISPLAY_WINDOW": "wide"},
        flags={"server.timeout": Flag("--timeout", 0.1)},
    )
    assert broken.startswith(f"{places.home_file}:1: no valid JSON: ")
    assert others == [
        f'{where}:3: server.timeout must be a number from 0.5 to 300 s, not "fast"',
        f"{where}:4: server.base_url must be a URL such as http://lab3:8421",
        f"{where}:7: display.buffer_size must be a whole number from 10 to 100000, not 5",
        f"{where}:8: display.theme must be one of dark, light, high-contrast, ansi, mono,"
        ' not "darc"; did you mean dark?',
        f'{where}:9: display.show_grid must be true or false, not "maybe"',
        f"{where}:12: logging.max_size must be a size such as 10MB, from 1KB to 1024GB",
        f"{where}:14: roi must be an object, {{…}}",
        'NHEM_DISPLAY_WINDOW: display.window must be a number from 1 to 2400 s, not "wide"',
        "--timeout: server.timeout must be a number from 0.5 to 300 s, not 0.1",
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "true", "[]", "null"])
@pytest.mark.parametrize("leaf", [leaf for leaf in fields() if leaf.type in (int, float)])
def test_what_is_no_number_is_refused(places: Places, leaf: Field, number: str) -> None:
    section, _, name = leaf.path.partition(".")
    write(places.user_file, f'{{"{section}": {{"{name}": {number}}}}}')
    (problem,) = problems(places)
    assert problem.startswith(f"{places.user_file}:1: {leaf.path} must be {leaf.range_words}, not ")


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "", "12"])
def test_numbers_in_variables_are_checked_as_well(places: Places, text: str) -> None:
    environ = {"NHEM_DISPLAY_UPDATE_INTERVAL": text or " "}
    (problem,) = problems(places, environ=environ)
    assert "display.update_interval must be a number from 0.01 to 1 s" in problem


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        ({"display": {"updte_interval": 1}}, "display.updte_interval"),
        ({"display": {"update_intervall": 1}}, "display.update_intervall"),
        ({"displai": {"update_interval": 1}}, "displai"),
        ({"server": {"update_interval": 1}}, "server.update_interval"),
        ({"update_interval": 1}, "update_interval"),
        ({"profile": {}}, "profile"),
    ],
)
def test_an_unknown_key_is_a_warning_with_the_nearest(
    places: Places, content: dict[str, Any], warning: str
) -> None:
    write(places.user_file, content, indent=None)
    loaded = load(environ={}, places=places)
    assert loaded.settings == Settings()
    near = {"displai": "display", "profile": "profiles"}.get(warning, "display.update_interval")
    assert loaded.warnings == (
        f"{places.user_file}:1: {warning} is not a known key and is ignored; did you mean {near}?",
    )


def test_an_unknown_variable_is_told_only_if_it_looks_like_a_typo(places: Places) -> None:
    # The server's own variables have the same prefix and may stand in the same environment.
    environ = {"NHEM_PASWORD": "x", "NHEM_SOCKET_WORKERS": "4"}
    (warning,) = load(environ=environ, places=places).warnings
    assert warning == "NHEM_PASWORD: this variable is not known; did you mean NHEM_PASSWORD?"


@pytest.mark.parametrize("layer", ["working", "environment"])
def test_a_refused_secret_is_not_repeated(places: Places, layer: str) -> None:
    environ = {}
    if layer == "working":
        server = {"password": ["hunter2"], "headers": "Bearer hunter2"}
        write(places.working_file, {"server": server})
    else:
        environ = {"NHEM_PASSWORD": "hunter2\n", "NHEM_SERVER_HEADERS": "Bearer hunter2"}
    told = problems(places, environ=environ)
    assert len(told) == 2
    assert "hunter2" not in "".join(told)


HARMFUL = {
    "server.password_command": "touch owned",
    "server.password_file": "~/.ssh/id_ed25519",
    "server.password_keyring": True,
    "server.tls_ca": "ca.pem",
    "server.tls_cert": "cert.pem",
    "server.tls_key": "key.pem",
    "server.insecure": True,
    "server.ssh": "eve@evil",
    "logging.file": "/home/anna/.bashrc",
}


@pytest.mark.parametrize("path", HARMFUL)
@pytest.mark.parametrize("profile", ["", "lab1"])
def test_a_folder_cannot_choose_what_is_run_read_trusted_or_written(
    places: Places, path: str, profile: str
) -> None:
    section, _, name = path.partition(".")
    content: dict[str, Any] = {section: {name: HARMFUL[path]}}
    if profile:
        content = {"profiles": {profile: content}}
    write(places.working_file, content)
    (problem,) = problems(places, profile=profile)
    line = 5 if profile else 3
    assert problem == (
        f"{places.working_file}:{line}: {path} must stand in your own configuration, "
        f"{places.user_file}"
    )
    places.working_file.unlink()
    write(places.user_file, content)
    loaded = load(environ={}, places=places, profile=profile)
    assert value_of(loaded.settings, path) == HARMFUL[path]


def test_which_settings_those_are_is_written_in_the_schema() -> None:
    own = {leaf.path for leaf in fields() if leaf.own}
    assert {*HARMFUL} == own | {"logging.file"}


def test_profiles_that_nobody_has_chosen_are_checked(places: Places) -> None:
    labs = {"lab1": {"server": {"timeout": 0}}, "lab2": {"server": {"timot": 5}}}
    write(places.user_file, {"profiles": labs}, indent=1)
    with pytest.raises(ConfigError) as caught:
        load(profile="lab2", environ={}, places=places)
    (problem,), (warning,) = caught.value.problems, caught.value.warnings
    assert str(problem).startswith(f"{places.user_file}:5: server.timeout must be a number")
    assert str(warning).startswith(f"{places.user_file}:10: server.timot is not a known key")


def test_what_nobody_reads_is_told_beside_an_error(places: Places) -> None:
    write(places.user_file, {"server": {"timot": 5}, "display": {"window": 0}})
    environ = {"NHEM_PASWORD": "x"}
    with pytest.raises(ConfigError) as caught:
        load(environ=environ, places=places)
    assert len(caught.value.problems) == 1
    assert [warning.source for warning in caught.value.warnings] == [
        f"{places.user_file}:3",
        "NHEM_PASWORD",
    ]


@pytest.mark.parametrize("url", ["http://", "http://h:99999", "http://x?y", "http://[::1", "lab3"])
@pytest.mark.parametrize("layer", LAYERS)
def test_an_address_is_one_in_every_layer(tmp_path: Path, url: str, layer: str) -> None:
    with pytest.raises(ConfigError, match=r"server\.base_url must") as caught:
        load_layers("server.base_url", {layer: url}, tmp_path)
    assert len(caught.value.problems) == 1


def test_an_address_may_be_written_in_capitals(tmp_path: Path) -> None:
    loaded = load_layers("server.base_url", {"user": "HTTP://Lab3:8421"}, tmp_path)
    assert loaded.settings.server.base_url == "HTTP://Lab3:8421"


@pytest.mark.parametrize(
    ("roi", "line", "words"),
    [
        ({"default_x1": 1600}, 3, "roi.default_x2 must be at least 50 px more than "
         "roi.default_x1, not 1580 and 1600"),
        ({"default_y2": 529}, 3, "roi.default_y2 must be at least 50 px more than "
         "roi.default_y1, not 529 and 480"),
    ],
)  # fmt: skip
def test_the_edges_of_the_region_must_fit_one_another(
    places: Places, roi: dict[str, int], line: int, words: str
) -> None:
    write(places.user_file, {"roi": roi})
    assert problems(places) == [f"{places.user_file}:{line}: {words}"]


def test_an_edge_that_is_none_is_told_alone(places: Places) -> None:
    write(places.user_file, {"roi": {"default_x1": "left", "default_x2": 100}})
    (problem,) = problems(places)
    assert "roi.default_x1 must be a whole number" in problem


def test_the_shortest_side_is_that_of_the_server() -> None:
    assert limits.ROI_SIDE.low == regions.SHORTEST


def test_numbers_with_quotes_around_them_are_taken_and_told(places: Places) -> None:
    """As an earlier client wrote them, beside a section of its own."""
    write(
        places.working_file,
        {
            "roi": {"default_x1": "100", "default_y1": "100"},
            "peak_detection": {"peak_threshold": "104.5"},
            "enhanced_data": {"enabled": True, "include_line_intersection": False},
        },
    )
    loaded = load(environ={}, places=places)
    assert loaded.settings.roi.default_x1 == 100
    assert loaded.settings.peak_detection.peak_threshold == 104.5
    where = places.working_file
    assert loaded.warnings == (
        f"{where}:3: roi.default_x1 is a number and needs no quotes",
        f"{where}:4: roi.default_y1 is a number and needs no quotes",
        f"{where}:7: peak_detection.peak_threshold is a number and needs no quotes",
        f"{where}:9: enhanced_data is not a known key and is ignored",
    )


@pytest.mark.parametrize("text", ["５", "1_00", "0x10", "five", ""])
def test_no_other_text_is_a_number(places: Places, text: str) -> None:
    write(places.user_file, {"display": {"window": text}})
    assert "display.window must be a number" in problems(places)[0]
    if text:
        assert "must be a number" in problems(places, environ={"NHEM_DISPLAY_WINDOW": text})[1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("fünf", '"fünf"'), ("5\u200b", '"5\\u200b"'), ("5\u202e", '"5\\u202e"')],
)
def test_what_was_typed_is_shown_as_it_was_and_what_nobody_sees_is_spelt(
    places: Places, text: str, shown: str
) -> None:
    (told,) = problems(places, environ={"NHEM_DISPLAY_WINDOW": text})
    assert told.endswith(f"must be a number from 1 to 2400 s, not {shown}")


def test_of_two_variables_the_short_one_wins_and_the_other_is_named(places: Places) -> None:
    environ = {"NHEM_SERVER_PASSWORD": "long", "NHEM_PASSWORD": "short"}
    loaded = load(environ=environ, places=places)
    assert loaded.settings.server.password == "short"
    assert loaded.origins["server.password"] == "NHEM_PASSWORD"
    assert loaded.warnings == ("NHEM_SERVER_PASSWORD: is not used: NHEM_PASSWORD is set as well",)
    assert load(environ=dict.fromkeys(environ, "same"), places=places).warnings == ()


@pytest.mark.parametrize("profiles", [[], {"lab1": 7}])
def test_profiles_of_a_wrong_shape_are_refused(places: Places, profiles: object) -> None:
    write(places.user_file, {"profiles": profiles})
    assert "must be an object" in problems(places)[0]


def names() -> st.SearchStrategy[str]:
    known = {part for path in by_path() for part in path.split(".")} | {"profiles", "keys", "lab1"}
    return st.sampled_from(sorted(known)) | st.text(max_size=5)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names(), inner, max_size=3),
    max_leaves=12,
)


@given(JUNK, st.sampled_from(["", "lab1"]))
def test_any_json_is_used_or_refused_in_words(content: object, profile: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = places_below(Path(folder))
        write(places.user_file, json.dumps(content))
        try:
            loaded = load(profile=profile, environ={}, places=places)
        except ConfigError as error:
            assert all(problem.source and problem.text for problem in error.problems)
        else:
            assert isinstance(content, dict)
            assert set(loaded.origins) >= set(by_path())


def test_a_key_twice_hides_nothing_else_that_is_wrong(places: Places) -> None:
    text = '{"display": {"theme": "dark",\n"theme": "blue"},\n"server": {"timeout": 0}}'
    write(places.user_file, text)
    told = problems(places)
    assert [problem.partition(" must")[0] for problem in told] == [
        f"{places.user_file}:2: display.theme stands here again, before in line 1",
        f"{places.user_file}:2: display.theme",
        f"{places.user_file}:3: server.timeout",
    ]


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_a_file_that_is_no_json_never_becomes_silent_defaults(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = places_below(Path(folder))
        write(places.user_file, "")
        places.user_file.write_bytes(content)
        try:
            parsed = json.loads(content.decode("utf-8-sig"))
        except ValueError:
            parsed = None
        if isinstance(parsed, dict):
            return
        with pytest.raises(ConfigError, match=str(places.user_file)):
            load(environ={}, places=places)


@given(st.dictionaries(st.sampled_from(sorted(map(variable_of, by_path()))), st.text(max_size=8)))
def test_any_environment_is_used_or_refused_in_words(environ: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            load(environ=environ, places=places_below(Path(folder)))
        except ConfigError as error:
            assert {problem.source for problem in error.problems} <= set(environ)
