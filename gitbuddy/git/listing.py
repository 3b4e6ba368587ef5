"""What a tree contains, as git lists it: the paths, and the folders with the names in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.run import run_git

GITLINK = 0o160000
REGULAR = (0o100644, 0o100755, 0o100664)  # 0o100664 stands in trees of very old repositories

_INVISIBLE = rb"(?:\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf)*"
_DOT_GIT = _INVISIBLE.join((b"", rb"\.", b"g", b"i", b"t", b""))
UNSAFE = re.compile(rb"/(?:\.\.?(?=[/\0])|(?:" + _DOT_GIT + rb"|git~1)[. ]*(?=[/\0:\\]))", re.IGNORECASE)
"""A part of a path that leads out of a checkout or is `.git` to some filesystem; git's own `verify_path` knows them."""


class Entry(NamedTuple):
    """One path of a tree: git's mode and the object id in hex."""

    mode: int
    oid: str


@dataclass(frozen=True)
class Listing:
    """All of one tree. Paths are bytes, as in git."""

    tree: str
    entries: Mapping[bytes, Entry]

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Regular files whose names are UTF-8; others cannot be named in a task or an edit."""
        return tuple(
            text for path, entry in self.entries.items() if entry.mode in REGULAR and (text := _text(path)) is not None
        )

    @cached_property
    def tracked(self) -> frozenset[str]:
        """`paths` as a set."""
        return frozenset(self.paths)

    @cached_property
    def named(self) -> Mapping[str, tuple[str, ...]]:
        """File name -> the paths that end in it."""
        found: dict[str, tuple[str, ...]] = {}
        for path in self.paths:
            name = path.rpartition("/")[2]
            found[name] = (*found.get(name, ()), path) if name in found else (path,)
        return found

    @cached_property
    def folders(self) -> Mapping[bytes, frozenset[bytes]]:
        """Folder (b"" is the top) -> names of files and folders in it; parents come first."""
        found: dict[bytes, set[bytes]] = {b"": set()}
        for path in self.entries:
            folder, name = posixpath.split(path)
            names = found.get(folder)
            if names is None:
                names = _add_folder(found, folder)
            names.add(name)
        return {folder: frozenset(found[folder]) for folder in sorted(found)}

    @cached_property
    def gitlinks(self) -> frozenset[bytes]:
        """Places of submodules. They are never filled."""
        return frozenset(path for path, entry in self.entries.items() if entry.mode == GITLINK)


def list_tree(git_dir: Path, tree: str) -> Listing:
    """List `tree` (full hex id) with one `git ls-tree`; `GitbuddyError` if it must not be checked out."""
    out = run_git(["ls-tree", "-r", "-z", "--full-tree", tree], git_dir=git_dir)
    entries: dict[bytes, Entry] = {}
    for record in out.split(b"\0")[:-1]:
        head, path = record.split(b"\t", 1)
        mode, _, oid = head.split(b" ")
        entries[path] = Entry(int(mode, 8), oid.decode())
    if UNSAFE.search(out.replace(b"\t", b"/")):  # one search of all; a tab in a name makes it look again
        _refuse_unsafe(entries)
    return Listing(tree, entries)


def _refuse_unsafe(paths: Iterable[bytes]) -> None:
    """git's fsck only warns of such trees, so one can arrive with a fetch or a bundle."""
    unsafe = next((path for path in paths if UNSAFE.search(b"/" + path + b"\0")), None)
    if unsafe is not None:
        shown = ascii(unsafe.decode("utf-8", "replace"))
        hint = "choose a base without it; git itself refuses to check it out"
        raise GitbuddyError(f"this commit holds a path that could take the place of .git: {shown:.200}", hint)


def _add_folder(found: dict[bytes, set[bytes]], folder: bytes) -> set[bytes]:
    names = found[folder] = set()
    while folder:
        parent, name = posixpath.split(folder)
        known = parent in found
        found.setdefault(parent, set()).add(name)
        if known:
            break
        folder = parent
    return names


def _text(path: bytes) -> str | None:
    try:
        return path.decode("utf-8")
    except UnicodeDecodeError:
        return None
