"""Exit codes are a promise to scripts."""

from __future__ import annotations

from nhem_tui.backend import errors
from nhem_tui.cli.exit_codes import ExitCode, of_error, of_fault


def test_the_numbers_never_change() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "DONE": 0,
        "REFUSED": 1,
        "USAGE": 2,
        "UNREACHABLE": 3,
        "UNAUTHORISED": 4,
        "BAD_DATA": 5,
        "INTERRUPTED": 130,
    }


def test_every_error_of_the_client_has_its_code() -> None:
    expected = {
        errors.Refused: ExitCode.UNREACHABLE,
        errors.Unreachable: ExitCode.UNREACHABLE,
        errors.TimedOut: ExitCode.UNREACHABLE,
        errors.ServerFault: ExitCode.REFUSED,
        errors.BadData: ExitCode.BAD_DATA,
        errors.Unauthorised: ExitCode.UNAUTHORISED,
        errors.NoData: ExitCode.REFUSED,
        errors.RouteMissing: ExitCode.REFUSED,
        errors.ReadOnly: ExitCode.REFUSED,
    }
    assert {kind: of_error(kind("")) for kind in expected} == expected
    for kind in errors.FaultKind:
        assert of_fault(kind) in ExitCode


def test_a_value_refused_before_sending_is_wrong_usage() -> None:
    assert of_error(errors.InvalidValue("")) is ExitCode.USAGE
    assert of_error(errors.InvalidValue("", status=400)) is ExitCode.REFUSED
