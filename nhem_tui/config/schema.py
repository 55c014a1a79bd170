"""Every setting of the client: the seed's JSON schema and what was added to it.

Each leaf carries its unit, range and one sentence; the settings screen, ``settings show`` and the
error messages all read them from here.
"""

import re
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, field

from nhem_tui.notation.mask import MASK

_CREDENTIALS: Final = re.compile(r"//[^/]*@")


def _meta(
    doc: str, *, unit: str = "", low: float | None = None, high: float | None = None,
    secret: bool = False, own: bool = False,
) -> Meta:  # fmt: skip
    extra = {"unit": unit, "secret": secret, "own": own}
    return Meta(description=doc, ge=low, le=high, extra=extra)


class Server(Struct, frozen=True, kw_only=True):
    """The NHEM server to watch."""

    base_url: Annotated[str, _meta("Address of the server.")] = "http://localhost:8421"
    password: Annotated[
        str, _meta("Password of the server; better kept elsewhere.", secret=True)
    ] = "31415"  # noqa: S105 - the password the backend is shipped with
    timeout: Annotated[
        float, _meta("How long one request may take.", unit="s", low=0.5, high=300)
    ] = 5.0
    retry_attempts: Annotated[
        int, _meta("Tries of one command on the command line.", low=0, high=10)
    ] = 3
    password_command: Annotated[str, _meta("Command that prints the password.", own=True)] = ""
    password_file: Annotated[str, _meta("File with the password, mode 0600.", own=True)] = ""
    password_keyring: Annotated[
        bool, _meta("Look the password up in the system's keyring.", own=True)
    ] = False
    tls_ca: Annotated[
        str, _meta("File with the authorities that may sign the server.", own=True)
    ] = ""
    tls_cert: Annotated[str, _meta("Client certificate.", own=True)] = ""
    tls_key: Annotated[str, _meta("Key of the client certificate.", own=True)] = ""
    insecure: Annotated[bool, _meta("Do not verify the server's certificate.", own=True)] = False
    headers: Annotated[
        dict[str, str], _meta("Sent with every request, for a proxy.", secret=True)
    ] = field(default_factory=dict)
    ssh: Annotated[str, _meta("user@host to tunnel through.", own=True)] = ""

    def __repr__(self) -> str:
        url, password = (value for _, value in self.__rich_repr__())
        return f"Server(base_url={url!r}, password={password})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What tracebacks of a crash show; msgspec's own would show the password."""
        url = _CREDENTIALS.sub(f"//{MASK}@", self.base_url)
        return [("base_url", url), ("password", MASK)]


class Display(Struct, frozen=True, kw_only=True):
    """How the screen looks and how often it moves."""

    update_interval: Annotated[
        float, _meta("Time between looks at the signal.", unit="s", low=0.01, high=1.0)
    ] = 0.1
    buffer_size: Annotated[
        int, _meta("Samples kept per channel to scroll back.", low=10, high=100_000)
    ] = 10_000
    max_framerate: Annotated[int, _meta("Paints at most.", unit="frames/s", low=1, high=60)] = 20
    ssh_framerate: Annotated[
        int, _meta("Paints at most in an SSH session.", unit="frames/s", low=1, high=60)
    ] = 10
    chart_width: Annotated[
        float, _meta("Width of exported figures.", unit="in", low=1, high=100)
    ] = 10
    chart_height: Annotated[
        float, _meta("Height of exported figures.", unit="in", low=1, high=100)
    ] = 6
    theme: Annotated[
        Literal["dark", "light", "high-contrast", "ansi", "mono"],
        _meta("Colours; ansi uses the terminal's own 16."),
    ] = "dark"
    window: Annotated[
        float, _meta("Seconds shown of the main signal.", unit="s", low=1, high=2400)
    ] = 10.0
    renderer: Annotated[Literal["braille", "plotext"], _meta("Who draws the charts.")] = "braille"
    mode: Annotated[
        Literal["rolling", "sweep"], _meta("Newest at the right, or a cursor that overwrites.")
    ] = "rolling"
    y_axis: Annotated[
        Literal["auto", "full"], _meta("Gray levels fitted to the curve, or all of 0-255.")
    ] = "auto"
    show_grid: Annotated[bool, _meta("Draw the grid.")] = True
    image: Annotated[
        Literal["auto", "half", "off"], _meta("ROI pictures: best way, half blocks, none.")
    ] = "auto"
    layout: Annotated[
        Literal["auto", "compact"],
        _meta("As much of the dashboard as fits, or one chart and one line."),
    ] = "auto"

    def framerate(self, *, remote: bool) -> int:
        """Paints a second at most; fewer in an SSH session (`remote`), where each byte counts."""
        return min(self.ssh_framerate, self.max_framerate) if remote else self.max_framerate


class Roi(Struct, frozen=True, kw_only=True):
    """The region proposed for a server without one."""

    default_x1: Annotated[int, _meta("Left edge.", unit="px", low=0, high=100_000)] = 1480
    default_y1: Annotated[int, _meta("Upper edge.", unit="px", low=0, high=100_000)] = 480
    default_x2: Annotated[int, _meta("Right edge.", unit="px", low=1, high=100_000)] = 1580
    default_y2: Annotated[int, _meta("Lower edge.", unit="px", low=1, high=100_000)] = 580


class PeakDetection(Struct, frozen=True, kw_only=True):
    """The window detector that this client runs on the ROI samples."""

    show_peaks: Annotated[bool, _meta("Mark peaks on the charts.")] = True
    peak_threshold: Annotated[
        float,
        _meta(
            "Gray level at which a peak begins; by default the server's.",
            unit="gray",
            low=50,
            high=200,
        ),
    ] = 105.0
    difference_threshold: Annotated[
        float,
        _meta(
            "A peak is stable above this rise; by default the server's.",
            unit="gray",
            low=0.1,
            high=10,
        ),
    ] = 1.1
    margin_frames: Annotated[
        int, _meta("Kept for the server; its detectors do not use it.", low=1, high=20)
    ] = 5
    min_region_length: Annotated[
        int, _meta("Kept for the server; its detectors do not use it.", low=1, high=10)
    ] = 5
    color_peaks: Annotated[bool, _meta("Tell stable and unstable peaks by colour.")] = True


class Export(Struct, frozen=True, kw_only=True):
    """What exports look like unless told otherwise."""

    default_format: Annotated[
        Literal["csv", "npz", "json", "svg", "png", "ansi", "html", "pdf"], _meta("File format.")
    ] = "csv"
    include_metadata: Annotated[bool, _meta("Units, server, parameters and gaps as well.")] = True
    compression: Annotated[bool, _meta("Compress with gzip.")] = False
    directory: Annotated[str, _meta("Where exports go; empty: the current directory.")] = ""


class Recording(Struct, frozen=True, kw_only=True):
    """What the dashboard records."""

    pictures: Annotated[
        float,
        _meta(
            "ROI pictures kept, 0 for none; each has some tens of kB.",
            unit="pictures/s",
            low=0,
            high=20,
        ),
    ] = 0.0


class Logging(Struct, frozen=True, kw_only=True):
    """The log file."""

    level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], _meta("Least severity logged.")
    ] = "INFO"
    file: Annotated[str, _meta("File name, below the state directory unless absolute.")] = (
        "nhem_client.log"
    )
    max_size: Annotated[str, _meta("Size at which the file is rotated, e.g. 10MB.")] = "10MB"
    backup_count: Annotated[
        int, _meta("Rotated files kept; with none the file begins anew.", low=0, high=100)
    ] = 5


class Settings(Struct, frozen=True, kw_only=True):
    """All settings in force."""

    server: Server = Server()
    display: Display = Display()
    roi: Roi = Roi()
    peak_detection: PeakDetection = PeakDetection()
    export: Export = Export()
    recording: Recording = Recording()
    logging: Logging = Logging()
    keys: dict[str, str] = field(default_factory=dict)


class Field(Struct, frozen=True):
    """One leaf of the schema.

    Attributes:
        path: e.g. ``display.update_interval``.
        type: bool, int, float, str or dict.
        default: value without any configuration.
        doc: one sentence.
        unit: may be empty.
        minimum: smallest value, None for no limit.
        maximum: largest value, None for no limit.
        choices: the only values, empty for any.
        secret: never shown.
        own: taken only from the user's own configuration, never from the folder one stands in.
    """

    path: str
    type: type
    default: Any
    doc: str
    unit: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    secret: bool
    own: bool

    @property
    def range_words(self) -> str:
        """What is allowed, for error messages and forms."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type is bool:
            return "true or false"
        kind = {
            int: "a whole number",
            float: "a number",
            str: "text",
            dict: 'an object of texts, {"name": "value"}',
        }
        words = kind[self.type]
        if self.minimum is not None and self.maximum is not None:
            words += f" from {self.minimum:g} to {self.maximum:g}"
        return f"{words} {self.unit}".strip()


@cache
def fields() -> tuple[Field, ...]:
    """Every leaf, in the order of the schema; the free-form ``keys`` are no leaf."""
    return tuple(
        _field(section.name, leaf)
        for section in msgspec.structs.fields(Settings)
        if section.name != "keys"
        for leaf in msgspec.structs.fields(section.type)
    )


@cache
def by_path() -> dict[str, Field]:
    """Every leaf by its path."""
    return {leaf.path: leaf for leaf in fields()}


def value_of(settings: Settings, path: str) -> Any:  # noqa: ANN401 - a leaf of any type
    """The value of the leaf at `path`."""
    section, _, name = path.partition(".")
    return getattr(getattr(settings, section), name)


def fit_to_show(leaf: Field, value: Any) -> Any:  # noqa: ANN401 - a leaf of any type
    """The value without what is secret in it."""
    if leaf.secret and value:
        return dict.fromkeys(value, MASK) if isinstance(value, dict) else MASK
    return _CREDENTIALS.sub(f"//{MASK}@", value) if isinstance(value, str) else value


def _field(section: str, leaf: msgspec.structs.FieldInfo) -> Field:
    plain, meta = get_args(leaf.type)
    extra: dict[str, Any] = meta.extra
    choices: tuple[str, ...] = get_args(plain) if get_origin(plain) is Literal else ()
    origin = get_origin(plain)
    kind = str if choices else origin if origin not in (None, Union, UnionType) else plain
    default = leaf.default if leaf.default is not msgspec.NODEFAULT else {}
    return Field(
        f"{section}.{leaf.name}",
        kind,
        default,
        meta.description or "",
        extra["unit"],
        meta.ge,
        meta.le,
        choices,
        extra["secret"],
        extra["own"],
    )
