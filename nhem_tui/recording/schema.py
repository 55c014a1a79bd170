"""The session file: one SQLite database, described in the words that it carries itself.

Every table is keyed by ``heard``: microseconds since the recording began, on a clock that is never
set, strictly increasing over the whole file. That one number gives the order in which everything
was told, whatever happened to the clocks of either machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

import msgspec
import numpy as np

from nhem_tui.stream.events import Parameters, Tuned

APPLICATION_ID: Final = 0x4E48454D
"""``PRAGMA application_id``: the letters NHEM."""

VERSION: Final = 2
"""``PRAGMA user_version``; a file with a greater one is refused, one with a smaller one is read."""

CHANNELS: Final = ("main", "roi")
"""The channel with index 0 and 1."""

FLOAT: Final = np.dtype("<f8")
"""Elements of the BLOBs ``t`` and ``value``, compressed by zlib."""

CHUNK: Final = np.dtype([("count", "<u4"), ("after", "<u4")])
"""Elements of the BLOB ``chunks``, compressed by zlib."""

TABLES: Final = """
CREATE TABLE identity (
  -- What was recorded, by whom, how it ended: one row.
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL         -- JSON, see nhem_tui.recording.schema.Identity
);
CREATE TABLE samples (
  -- Consecutive samples of one channel, none of them told twice.
  heard INTEGER PRIMARY KEY, -- when the first chunk was heard
  channel INTEGER NOT NULL,  -- 0: main signal, by frame; 1: ROI gray value, by roi_index
  epoch INTEGER NOT NULL,    -- server process, from 1
  first INTEGER NOT NULL,    -- number of the first sample
  count INTEGER NOT NULL,
  simulated INTEGER NOT NULL,-- 1: made up by the server
  utc REAL,                  -- Unix time of t = 0 by the server's clock; NULL: unknown
  t_first REAL NOT NULL,     -- session seconds
  t_last REAL NOT NULL,
  low REAL NOT NULL,         -- smallest gray level
  high REAL NOT NULL,        -- largest gray level
  -- BLOBs: little endian, then zlib
  chunks BLOB NOT NULL,      -- (uint32 count, uint32 microseconds after heard): what came at once
  t BLOB NOT NULL,           -- float64 session seconds
  value BLOB NOT NULL,       -- float64 gray levels
  crc INTEGER NOT NULL       -- of all other values, see nhem_tui.recording.batch.checksum
);
CREATE TABLE gap (
  -- Samples that existed on the server and could not be had.
  heard INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  first INTEGER NOT NULL,    -- number of the first missing sample
  last INTEGER NOT NULL      -- number of the last missing sample
);
CREATE TABLE state (
  -- Replies of /status.
  heard INTEGER PRIMARY KEY,
  at REAL NOT NULL,          -- Unix time by the recording machine
  epoch INTEGER NOT NULL,
  state TEXT NOT NULL,       -- running, stopped or error
  frame_count INTEGER NOT NULL,
  value REAL,                -- NULL: the server sent none
  baseline REAL,             -- likewise
  peak_signal INTEGER NOT NULL,
  buffered INTEGER NOT NULL, -- frames in the server's buffer
  latency REAL NOT NULL      -- seconds
);
CREATE TABLE event (
  -- What happened to the connection and to the server.
  heard INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,        -- class of nhem_tui.stream.events
  body TEXT NOT NULL         -- its attributes, JSON
);
CREATE TABLE picture (
  -- Pairs of ROI pictures; an empty png means that the server sent the word instead.
  heard INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  epoch INTEGER NOT NULL,
  png1 BLOB NOT NULL, word1 TEXT NOT NULL, gray1 REAL NOT NULL,
  width1 INTEGER NOT NULL, height1 INTEGER NOT NULL, -- pixels on the server's screen
  png2 BLOB NOT NULL, word2 TEXT NOT NULL, gray2 REAL NOT NULL,
  width2 INTEGER NOT NULL, height2 INTEGER NOT NULL
);
CREATE TABLE mark (
  -- Moments the user marked.
  heard INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  t REAL NOT NULL,           -- session seconds
  text TEXT NOT NULL,
  removed INTEGER NOT NULL   -- 1: the newest mark with this t and text was taken away
);
CREATE TABLE parameters (
  -- Parameters in force from then on.
  heard INTEGER PRIMARY KEY,
  at REAL NOT NULL,
  body TEXT NOT NULL,        -- JSON object
  owner TEXT NOT NULL        -- server: as it told them; client: of the recorder's own detector
);
"""

OLDER: Final = {"samples": ("crc", None), "mark": ("removed", 0), "parameters": ("owner", "server")}
"""The last column of a table that files of version 1 lack, and what stands for it. Their samples
are neither compressed nor checked."""


Moment = Annotated[float, msgspec.Meta(ge=-1e10, le=1e11)]
"""A Unix time that calendars have a name for, and no other number."""


class Ended(msgspec.Struct, frozen=True):
    """How a recording ended: Unix time, and why in a few words."""

    at: Moment
    reason: str


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a session file says about itself.

    Attributes:
        program: who wrote it, with its version.
        started: Unix time of ``heard`` = 0.
        url: of the server, without credentials.
        server: version of the server.
        part: 1, or the number of the file when the recording was rotated.
        ended: None while it is being written, and for ever if its recorder was killed.
        repaired: it was salvaged from a damaged file.
    """

    program: str
    started: Moment
    url: str = ""
    server: str = ""
    part: int = 1
    ended: Ended | None = None
    repaired: bool = False


Owner = Literal["server", "client"]
"""Whose parameters."""

THRESHOLD: Final = "peak_threshold"
DIFFERENCE: Final = "difference_threshold"
"""Names of the window detector's parameters, of the server's as well as of the client's."""


class Noted(msgspec.Struct, frozen=True):
    """Parameters in force from Unix time `at` on, by name: a row of the table ``parameters``."""

    at: float
    values: dict[str, object]
    owner: Owner = "server"

    @classmethod
    def of(cls, event: Parameters | Tuned) -> Self:
        """Those that an event tells."""
        if isinstance(event, Parameters):
            return cls(event.at, event.values)
        values: dict[str, object] = {
            THRESHOLD: event.threshold,
            DIFFERENCE: event.difference_threshold,
        }
        return cls(event.at, values, "client")

    @property
    def tuned(self) -> Tuned | None:
        """How they tune a window detector; None if they do not say."""
        threshold, difference = number(self.values, THRESHOLD), number(self.values, DIFFERENCE)
        if threshold is None or difference is None:
            return None
        return Tuned(self.at, threshold, difference)


def number(values: Mapping[str, object], name: str) -> float | None:
    """A parameter that is a number, None if it is not there or none."""
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else None


def create(connection: sqlite3.Connection) -> None:
    """Make an empty session file of an empty database."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.executescript(TABLES)


def complete(connection: sqlite3.Connection) -> None:
    """Let an open file of version 1 look like one of this version; the file is not changed."""
    connection.execute("PRAGMA temp_store = MEMORY")
    for table, (column, value) in OLDER.items():
        stands = "NULL" if value is None else repr(value)
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT *, {stands} AS {column} FROM main.{table}"  # noqa: S608
        )
