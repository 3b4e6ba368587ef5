"""What a proposal changes, from single edits to the permission to apply them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A tracked file at the base commit. `mode` is git's, e.g. 0o100644."""

    path: str
    data: bytes
    mode: int = 0o100644


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace the one place where `search` stands in `path`. `line` (1-based) is a diff's hint, never a guess."""

    path: str
    search: str
    replace: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Make `path` have this whole content. Text from a model, bytes from a tool.

    Where it is `doubtful` nobody has said that this is the whole file: then it must hold what the file holds.
    """

    path: str
    content: str | bytes
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Remove `path`."""

    path: str


Edit = Replace | WriteFile | DeleteFile


@dataclass(frozen=True, slots=True)
class Change:
    """What a patch makes of one path. `before` is None for a new file, `after` is None for a removed one."""

    path: str
    before: bytes | None
    after: bytes | None
    mode: int = 0o100644


@dataclass(frozen=True, slots=True)
class Patch:
    """All changes of one proposal, sorted by path. All or nothing."""

    changes: tuple[Change, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(change.path for change in self.changes)


@dataclass(frozen=True, slots=True)
class AllowedPatch:
    """A patch the guard let through. Made by `core.guard.guard` alone (a test holds that); only this can be applied."""

    patch: Patch
