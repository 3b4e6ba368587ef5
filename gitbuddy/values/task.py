"""What is asked."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

ID_LENGTH = 26
"""Characters of a task id: 130 bits of SHA-256 in lowercase base32, safe on disks that fold case."""


class Kind(StrEnum):
    """What sort of work a task asks for; `core.kinds` holds what each must prove."""

    CHANGE = "change"
    GENERATE = "generate"
    REFACTOR = "refactor"
    TEST = "test"
    DOCUMENT = "document"
    FIX_LINT = "fix-lint"
    FIX = "fix"
    TRANSLATE = "translate"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a task came from.

    `key` is what stays the same when the same request is carried along by git: the slug of a task file, nothing
    for a trailer (a squash or a cherry-pick changes the commit, not the request), the base commit for a request typed
    by a person or left by a hook. `place` is for people only ("main:.buddy/tasks/x.md") and is no part of the identity.
    `run` counts deliberate repetitions.
    """

    source: Literal["cli", "json", "file", "trailer", "hook"]
    key: str = ""
    place: str = ""
    run: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked. `base` is the full hex id of the commit to start from.

    `files` are repository paths or globs the task may touch (none: any tracked, unprotected file); `needs` are slugs or
    ids of tasks that must have landed; `accept` names acceptance tests; `tier` forces the first tier; `checks`
    restricts the checks by name (none: all).
    """

    kind: Kind
    text: str
    base: str
    origin: Origin
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    tier: str | None = None
    checks: tuple[str, ...] = ()
    slug: str = ""

    @property
    def id(self) -> str:
        """Content address: what is asked and where it came from, never the commit that happened to carry it."""
        origin = [self.origin.source, self.origin.key, self.origin.run]
        identity = json.dumps([self.kind.value, self.text, sorted(self.files), origin], ensure_ascii=True)
        digest = hashlib.sha256(identity.encode()).digest()
        return base64.b32encode(digest).decode("ascii").lower()[:ID_LENGTH]
