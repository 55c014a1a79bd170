"""``check``: every endpoint of a server against what its interface promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhem_tui.backend.errors import BackendError
from nhem_tui.cli.call import Call
from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode, may_pass
from nhem_tui.cli.exposure import warn_of_password_in_url
from nhem_tui.cli.options import add_common
from nhem_tui.cli.parser import Parser

if TYPE_CHECKING:
    from nhem_tui.backend.client import BackendClient
    from nhem_tui.cli.probes import Finding, Result

_CODES: dict[Result, ExitCode] = {
    "differs": ExitCode.BAD_DATA,
    "password": ExitCode.UNAUTHORISED,
    "no answer": ExitCode.UNREACHABLE,
    "refused": ExitCode.REFUSED,
}
"""What the command ends with, the gravest first."""


def add_arguments(parser: Parser, command: str) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--write",
        action="store_true",
        help="also try the requests that write, with the values the server has already",
    )
    add_common(parser)
    parser.examples("check", "check --write --url http://lab3:8421", "check --json > lab3.json")


def run(call: Call) -> ExitCode:
    """Ask everything, print a table."""
    warn_of_password_in_url(call)
    return call.ask(_check)


async def _check(client: BackendClient, call: Call) -> ExitCode:
    from nhem_tui.cli.probes import NOT_ASKED, READS, Server, look, not_asked
    from nhem_tui.cli.write_probes import WRITES

    try:  # no table of a server that is not there; and the time of the first request is ours
        await client.health()
    except BackendError as error:
        if may_pass(error):
            raise
    server = Server(client)
    probes = (*READS, *(WRITES if call.args.write else ()))
    findings = [await look(probe, server) for probe in probes]
    if not call.args.write:
        findings += [not_asked(probe.endpoint, "only with --write") for probe in WRITES[:-1]]
    findings += [not_asked(endpoint, reason) for endpoint, reason in NOT_ASKED.items()]
    _print(call, client.url, findings)
    return _verdict(findings)


def _print(call: Call, url: str, findings: Sequence[Finding]) -> None:
    if call.out.as_json:
        checks = [
            {
                "endpoint": finding.endpoint,
                "result": finding.result,
                "ms": None if finding.seconds is None else round(finding.seconds * 1000, 1),
                "note": call.out.clean(finding.note),
            }
            for finding in findings
        ]
        call.out.json({"type": "check", "url": url, "checks": checks})
        return
    call.out.table(
        ("endpoint", "result", "ms", "note"),
        [
            (
                finding.endpoint,
                finding.result,
                "" if finding.seconds is None else f"{finding.seconds * 1000:.0f}",
                call.out.clean(finding.note),
            )
            for finding in findings
        ],
    )


def _verdict(findings: Sequence[Finding]) -> ExitCode:
    """Return 0, or fail with how many answers are not as they should be.

    Raises:
        CommandError: some are not.
    """
    for result, code in _CODES.items():
        if any(finding.result == result for finding in findings):
            wrong = sum(finding.result in _CODES for finding in findings)
            asked = sum(finding.result != "not asked" for finding in findings)
            raise CommandError(f"{wrong} of {asked} answers are not as promised", code)
    return ExitCode.DONE
