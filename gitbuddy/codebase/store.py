"""What was read of blobs, and what was made of whole trees, remembered between runs in one SQLite file.

It may be deleted at any time, and is when it is damaged. Where it cannot be written, the run remembers by itself. An
entry carries a checksum: one that does not fit is a miss.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from gitbuddy.codebase.facts import VERSION

NAME: Final = "codebase.sqlite"
MOST_BYTES: Final = 512 << 20
"""Size of the file above which the older half of the entries goes."""
MOST_TREES: Final = 8
"""Trees of which the graph is kept."""
PATIENCE: Final = 5.0
"""Seconds to wait for another process that writes."""
_ASKED: Final = 500
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS blobs (key TEXT PRIMARY KEY, crc INTEGER, data BLOB);
CREATE TABLE IF NOT EXISTS trees (tree TEXT, part TEXT, crc INTEGER, data BLOB, PRIMARY KEY (tree, part));
"""
_FORMAT: Final = VERSION * 2 + (sys.byteorder == "big")


class Store:
    """One open file of memories. `MOST_BYTES` bounds it; `close` it, or use it as a context."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._most = most
        self._path = folder / NAME
        self._db = self._opened()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def blobs(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """What is remembered of these blobs."""
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _ASKED):
            some = keys[start : start + _ASKED]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, crc, data FROM blobs WHERE key IN ({marks})"  # noqa: S608 - only question marks
            found.update(_sound(self._rows(query, some)))
        return found

    def add_blobs(self, facts: Iterable[tuple[str, bytes]]) -> None:
        """Remember what was read of some blobs."""
        rows = [(key, zlib.crc32(data), data) for key, data in facts]
        with self._writing():
            self._db.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", rows)

    def tree(self, tree: str, part: str) -> bytes | None:
        """What was made of a whole tree, by the name it was given."""
        rows = self._rows("SELECT part, crc, data FROM trees WHERE tree = ? AND part = ?", (tree, part))
        return dict(_sound(rows)).get(part)

    def add_tree(self, tree: str, parts: Mapping[str, bytes]) -> None:
        """Remember what was made of a tree, and forget the oldest."""
        rows = [(tree, part, zlib.crc32(data), data) for part, data in parts.items()]
        with self._writing():
            self._db.executemany("INSERT OR REPLACE INTO trees VALUES (?, ?, ?, ?)", rows)
            keep = "SELECT tree FROM trees GROUP BY tree ORDER BY max(rowid) DESC LIMIT ?"
            self._db.execute(f"DELETE FROM trees WHERE tree NOT IN ({keep})", (MOST_TREES,))  # noqa: S608
        self._shrink()

    def _opened(self) -> sqlite3.Connection:
        """The file; anew when it is damaged or of another version; in memory where there can be none."""
        with suppress(OSError, sqlite3.Error):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                return _connected(self._path)
            except sqlite3.OperationalError:  # another process writes, or the disk refuses: nothing is damaged
                return _connected(Path(":memory:"))
            except sqlite3.DatabaseError:
                self._forget()
                return _connected(self._path)
        return _connected(Path(":memory:"))

    def _forget(self) -> None:
        for name in (NAME, f"{NAME}-journal"):
            self._path.with_name(name).unlink(missing_ok=True)

    def _rows(self, query: str, values: Sequence[str]) -> list[tuple[str, int, bytes]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.OperationalError:  # another process writes for longer than we wait
            return []
        except sqlite3.DatabaseError:
            self._restart()
            return []

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A disk that refuses, or another process in the way, costs time later and nothing now."""
        try:
            with self._db:
                yield
        except sqlite3.OperationalError:
            pass
        except sqlite3.DatabaseError:
            self._restart()

    def _restart(self) -> None:
        self._db.close()
        with suppress(OSError):
            self._forget()
        self._db = self._opened()

    def _shrink(self) -> None:
        try:
            pages, size = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            if pages * size <= self._most:
                return
            with self._db:
                self._db.execute("DELETE FROM blobs WHERE rowid <= (SELECT (min(rowid) + max(rowid)) / 2 FROM blobs)")
            self._db.execute("VACUUM")
        except sqlite3.Error:
            return


def _connected(path: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` for a file that is no store of this version."""
    db = sqlite3.connect(path, timeout=PATIENCE)
    try:
        db.execute("PRAGMA synchronous = OFF")  # a power cut may damage it: then it is made anew
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, _FORMAT):
            raise sqlite3.DatabaseError("of another version")  # noqa: TRY301 - as a damaged one
        db.executescript(_TABLES + f"PRAGMA user_version = {_FORMAT};" if version == 0 else "")
        if _columns(db, "blobs") != ["key", "crc", "data"] or _columns(db, "trees") != ["tree", "part", "crc", "data"]:
            raise sqlite3.DatabaseError("of another make")  # noqa: TRY301 - as a damaged one
    except BaseException:
        db.close()
        raise
    return db


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def _sound(rows: Iterable[tuple[str, int, bytes]]) -> Iterator[tuple[str, bytes]]:
    return ((key, data) for key, crc, data in rows if isinstance(data, bytes) and zlib.crc32(data) == crc)
