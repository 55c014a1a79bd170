"""The server's address: what is taken, what is refused, what is shown."""

from __future__ import annotations

import pytest

from nhem_tui.backend.client import BackendClient
from nhem_tui.backend.errors import InvalidValue
from nhem_tui.notation.address import parse_address


@pytest.mark.parametrize(
    ("text", "url", "place"),
    [
        ("http://localhost:8421", "http://localhost:8421", "localhost:8421"),
        ("http://localhost:8421/", "http://localhost:8421", "localhost:8421"),
        ("  https://Lab3  ", "https://lab3", "lab3:443"),
        ("HTTP://lab3", "http://lab3", "lab3:80"),
        ("https://gate/nhem/lab3//", "https://gate/nhem/lab3", "gate:443"),
        ("http://[::1]:8421", "http://[::1]:8421", "[::1]:8421"),
        ("http://eve:secret@lab3:1/x", "http://lab3:1/x", "lab3:1"),
    ],
)
def test_address_is_taken_apart(text: str, url: str, place: str) -> None:
    address = parse_address(text)
    assert (address.url, address.place) == (url, place)
    assert address.tls is url.startswith("https")
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lab3:8421",
        "localhost",
        "ftp://lab3",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://:8421",
        "http://lab3:99999",
        "http://lab3:0",
        "http://lab3:abc",
        "http://[::1",
        "http://la b3",
        "http://eve:s3cret@exa\u2100mple:1",  # its sign stands for a/c
        "http://lab3\n.evil",
        "http://eve:s3cret@",
        "http://eve:s3cret@lab3:port",
        "http://lab3/?s3cret",
        "http://lab3/#x",
    ],
)
def test_what_is_no_address_is_refused_with_a_hint_and_without_echo(text: str) -> None:
    with pytest.raises(ValueError, match=r"http://lab3:8421|must end before") as caught:
        parse_address(text)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(InvalidValue, match=r"the server's address must") as refused:
        BackendClient(text, "31415")
    assert "s3cret" not in refused.value.text
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("http://lab3", "lab3", 80),
        ("https://lab3/a", "lab3", 443),
        ("http://[::1]:8421", "::1", 8421),
    ],
)
def test_host_and_port_are_what_a_connection_needs(text: str, host: str, port: int) -> None:
    address = parse_address(text)
    assert (address.host, address.port) == (host, port)


def test_a_way_through_a_local_port_keeps_path_and_credentials() -> None:
    address = parse_address("http://eve:secret@lab3:8421/nhem")
    near = address.through(4000)
    assert near.url == "http://127.0.0.1:4000/nhem"
    assert near.place == "lab3:8421 (by way of 127.0.0.1:4000)"
    assert near.authorization == address.authorization != ""
    assert near.secrets == address.secrets
