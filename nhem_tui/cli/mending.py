"""Settings that are in order as words, and still cannot be used: where they stand, the way out."""

from __future__ import annotations

from nhem_tui.cli.errors import CommandError
from nhem_tui.cli.exit_codes import ExitCode
from nhem_tui.config.layers import Layer, Loaded
from nhem_tui.config.paths import standard_places


def unusable(loaded: Loaded, path: str, text: str, code: ExitCode = ExitCode.USAGE) -> CommandError:
    """Return the error of a setting that cannot be used.

    Args:
        loaded: the configuration in force.
        path: of the setting.
        text: what is wrong with it.
        code: what the process ends with.
    """
    return CommandError(f"{loaded.origins[path]}: {text}", code, way_out(loaded, path))


def way_out(loaded: Loaded, path: str) -> str:
    """Say how to take back what stands for a setting."""
    origin, layer = loaded.origins[path], loaded.layers[path]
    if layer is Layer.FLAG:
        return f"leave {origin} away, or write another value"
    if layer is Layer.ENVIRONMENT:
        return f"unset {origin}"
    if origin.startswith(f"{standard_places().user_file}:"):
        of_profile = f" --profile {loaded.profile}" if layer is Layer.PROFILE else ""
        return (
            f"nhem-tui settings unset {path}{of_profile} takes it back,"
            f" nhem-tui settings set {path} …{of_profile} changes it"
        )
    return f"change it there, or set {path} in a stronger place (nhem-tui settings set {path} …)"
