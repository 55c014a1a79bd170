"""Warnings about what travels unprotected."""

from __future__ import annotations

import ipaddress

from nhem_tui.cli.call import Call


def warn_of_password_in_url(call: Call) -> None:
    """Warn before a request that takes the password in its URL, where it leaves this machine bare.

    Args:
        call: its settings say which way the request goes.
    """
    address = call.address
    if not (address.tls or call.settings.server.ssh or _is_here(address.host)):
        call.out.warn(
            "the password goes into the URL of this request, unencrypted: whatever lies between "
            "here and the server may log it; --ssh or an https address avoids that"
        )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
