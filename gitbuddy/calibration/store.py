"""Measurements kept as JSON, one small file for each model. Damaged or older ones count as not there, and are named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gitbuddy.core.formats import FORMATS
from gitbuddy.temporary import write_whole
from gitbuddy.values import Calibration, Identity

VERSION = 1
"""Of the files and of what they mean: raised whenever fixtures or rules change, so that all is measured anew."""
LONGEST = 256 << 10


class Kept(BaseModel):
    """One file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1]
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of measurements, safe to share between processes and to delete at any time."""

    folder: Path

    def recall(self, identity: Identity) -> Calibration | None:
        """What was measured of exactly this model on this server; None where that is nothing or cannot be read."""
        found = _read(self._path(identity))
        return found if found and found.identity == identity else None

    def put(self, known: Calibration) -> None:
        """Keep a measurement in place of the last one of the same model. Raises `OSError` if the disk refuses."""
        data = json.dumps({"version": VERSION, "calibration": asdict(known)}, indent=1).encode()
        write_whole(self._path(known.identity), data)

    def is_damaged(self, identity: Identity) -> bool:
        """Whether there is a file for this model that cannot be used: damaged, or of an older version."""
        path = self._path(identity)
        return path.exists() and self.recall(identity) is None

    def listing(self) -> tuple[Calibration, ...]:
        """All that can be read, by model and day."""
        found = [each for path in self._files() if (each := _read(path))]
        return tuple(sorted(found, key=lambda each: (each.identity.model, each.at)))

    def unreadable(self) -> tuple[Path, ...]:
        """Files that cannot be used."""
        return tuple(path for path in self._files() if _read(path) is None)

    def _files(self) -> Iterator[Path]:
        yield from sorted(self.folder.glob("[0-9a-f]*.json")) if self.folder.is_dir() else ()

    def _path(self, identity: Identity) -> Path:
        facts = json.dumps(asdict(identity), sort_keys=True)
        return self.folder / f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> Calibration | None:
    try:
        with path.open("rb") as file:
            found = Kept.model_validate_json(file.read(LONGEST)).calibration
        date.fromisoformat(found.at)
    except (OSError, ValidationError, ValueError):
        return None
    numbers = (found.window, found.samples, found.max_thinking, found.prompt_rate, found.output_rate, found.loading)
    sound = all(0 <= number < 1 << 32 for number in numbers) and found.samples <= 8
    return found if sound and found.format in FORMATS else None
