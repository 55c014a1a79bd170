"""A server behind TLS: what is trusted, and what is said where it is not."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nhem_tui.cli.main import main
from tests.cli.support import StubServer, recorded

FILES = Path(__file__).parent.parent / "data" / "tls"
"""Certificates from 2020 to 2120, signed by ca.pem; each with its key in the same file."""


@contextmanager
def https(
    certificate: str,
    *,
    wants_client: bool = False,
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> Iterator[str]:
    """Run a server with a certificate; yield its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = newest
    context.load_cert_chain(FILES / certificate)
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(FILES / "ca.pem")
    server = StubServer()
    server.tell("GET /status", recorded("running-status"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    with server:
        yield f"https://127.0.0.1:{server.server_port}"


@pytest.fixture
def certificates(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files below the home, as users name them."""
    monkeypatch.setenv("NHEM_SERVER_RETRY_ATTEMPTS", "0")
    for path in FILES.iterdir():
        shutil.copy(path, home)
    (home / "words.pem").write_text("no certificate")


@pytest.mark.usefixtures("certificates")
@pytest.mark.parametrize(
    ("certificate", "wants_client", "files", "code", "said"),
    [
        ("server.pem", False, {"CA": "~/ca.pem"}, 0, ""),
        ("server.pem", True, {"CA": "~/ca.pem", "CERT": "~/client.pem"}, 0, ""),
        ("server.pem", True, {"CA": "~/ca.pem", "CERT": "~/client.pem", "KEY": "~/client.pem"},
         0, ""),
        ("server.pem", False, {}, 3, "is not trusted (unable to get local issuer certificate) - "
         "give its CA file: server.tls_ca"),
        ("expired.pem", False, {"CA": "~/ca.pem"}, 3,
         "is not trusted (certificate has expired) - is this machine's clock right?"),
        ("server.pem", True, {"CA": "~/ca.pem"}, 3,
         "does it want a client certificate: server.tls_cert?"),
        ("server.pem", False, {"CA": "~/no.pem"}, 2,
         "the TLS file {}/no.pem cannot be read: No such file or directory"),
        ("server.pem", False, {"CA": "~/words.pem"}, 2,
         "the TLS file {}/words.pem holds no certificate (PEM)"),
        ("server.pem", True, {"CA": "~/ca.pem", "CERT": "~/ca.pem"}, 2,
         "the TLS file {}/ca.pem holds no certificate with its key (PEM)"),
        ("server.pem", True, {"CA": "~/ca.pem", "CERT": "~/client.pem", "KEY": "~/server.pem"}, 2,
         "the TLS file {0}/client.pem and {0}/server.pem holds no certificate with its key (PEM)"),
    ],
)  # fmt: skip
def test_certificates(
    certificate: str,
    wants_client: bool,
    files: dict[str, str],
    code: int,
    said: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, file in files.items():
        monkeypatch.setenv(f"NHEM_SERVER_TLS_{name}", file)
    with https(certificate, wants_client=wants_client) as url:
        assert main(["status", "--url", url]) == code
    told = capsys.readouterr().err
    assert said.format(home) in told
    assert not {"[Errno", "_ssl.c", "SSH tunnel"} & {*told.split()}
    assert "_ssl.c" not in told


@pytest.mark.usefixtures("certificates")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_of_another_host(
    host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHEM_SERVER_TLS_CA", "~/ca.pem")
    with https("elsewhere.pem") as url:
        assert main(["status", "--url", url.replace("127.0.0.1", host)]) == 3
    said = "is made out to another name - write the address with the name that stands in it"
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("certificates")
def test_an_older_server_that_wants_a_client_certificate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so while the connection is made, not afterwards."""
    monkeypatch.setenv("NHEM_SERVER_TLS_CA", "~/ca.pem")
    with https("server.pem", wants_client=True, newest=ssl.TLSVersion.TLSv1_2) as url:
        assert main(["status", "--url", url]) == 3
    assert "does it want a client certificate: server.tls_cert?" in capsys.readouterr().err
