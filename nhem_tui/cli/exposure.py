"""Warnings about what travels unprotected."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from nhem_tui.cli.call import Call
from nhem_tui.config.schema import Server


def warn_of_password_in_url(call: Call) -> None:
    """Warn before a request that takes the password in its URL, where it leaves this machine bare.

    Args:
        call: its settings say which way the request goes.
    """
    if _is_bare(call.settings.server):
        call.out.warn(
            "the password goes into the URL of this request, unencrypted: whatever lies between "
            "here and the server may log it; --ssh or an https address avoids that"
        )


def _is_bare(server: Server) -> bool:
    parts = urlsplit(server.base_url)
    return parts.scheme == "http" and not server.ssh and not _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
