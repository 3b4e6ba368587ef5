"""Blobs, trees and commits: read, and written in memory. No working file, index or ref is touched here."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pygit2
from pygit2.enums import DiffOption, ObjectType

from gitbuddy.errors import GitbuddyError, Rejected, UsageError
from gitbuddy.values import Refused, SourceFile

FILE, EXECUTABLE, SYMLINK, FOLDER, GITLINK = 0o100644, 0o100755, 0o120000, 0o040000, 0o160000
INVISIBLE = dict.fromkeys((0x200C, 0x200D, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF))
"""Characters that some filesystems leave out of a name (git's `core.protectHFS` knows the same ones)."""


class Blob(NamedTuple):
    """Content of a file to be written, and git's mode for it."""

    data: bytes
    mode: int = FILE


Node = dict[str, "Node | Blob | None"]


class Objects:
    """The object database of one repository. Ids are full and in hex."""

    def __init__(self, git: pygit2.Repository) -> None:
        self._git = git

    def resolve(self, revision: str) -> str:
        """The commit a revision names; `UsageError` if there is none."""
        hint = "name a branch, tag or commit of this repository; `git branch -a` lists the branches"
        if not revision or revision.startswith("-"):
            raise UsageError(f"no such commit: {revision}", hint)
        try:
            return str(self._git.revparse_single(revision).peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise UsageError(f"no such commit: {revision}", hint) from error

    def is_commit(self, oid: str) -> bool:
        """Whether this id is that of a commit that is here."""
        try:
            return self._git[oid].type == ObjectType.COMMIT
        except (KeyError, ValueError, pygit2.GitError):
            return False

    def tree_of(self, oid: str) -> str:
        """The tree of a commit; a tree is its own."""
        return str(self._tree(oid).id)

    def read(self, oid: str, path: str) -> SourceFile | None:
        """The file at `path` of a tree or commit; None if there is none.

        A symlink comes with mode 0o120000 and its target, a submodule with mode 0o160000 and no data.
        """
        found = self._find(self._tree(oid), path)
        if isinstance(found, pygit2.Blob):
            return SourceFile(path, found.data, int(found.filemode))
        return SourceFile(path, b"", GITLINK) if found is not None and found.filemode == GITLINK else None

    def blob(self, oid: str) -> bytes:
        found = self._git[oid]
        if not isinstance(found, pygit2.Blob):
            raise GitbuddyError(f"not a file in the object database: {oid}")
        return found.data

    def blob_size(self, oid: str) -> int:
        """Bytes of a blob, found without reading it."""
        return int(self._git.odb.read_header(oid)[1])

    def size(self, oid: str, path: str) -> int | None:
        """Bytes of the file at `path`, found without reading it; None if no file is there."""
        folder, _, name = path.rpartition("/")
        parent = self._find(self._tree(oid), folder) if folder else self._tree(oid)
        if not isinstance(parent, pygit2.Tree) or name not in parent:
            return None
        kind, size = self._git.odb.read_header(parent[name].id)
        return int(size) if kind == ObjectType.BLOB else None

    def files(self, oid: str, folder: str = "") -> tuple[str, ...]:
        """Paths of all files below `folder` of a tree or commit, sorted; none if it is no folder."""
        start = self._find(self._tree(oid), folder) if folder else self._tree(oid)
        return tuple(sorted(_walk(start, folder + "/" if folder else ""))) if isinstance(start, pygit2.Tree) else ()

    def write_tree(self, base: str | None, files: Mapping[str, Blob | None]) -> str:
        """The tree that differs from `base` in these paths (None removes); written along those paths only.

        `Rejected` when a path cannot be in a tree, or names a file where a folder stands or the other way round.
        """
        tree = self._tree(base) if base else None
        with _writing():
            return str(self._build(tree, _nest(files), "") or self._git.TreeBuilder().write())

    def write_commit(
        self, tree: str, parents: Sequence[str], message: str, author: pygit2.Signature, committer: pygit2.Signature
    ) -> str:
        """Write a commit; no ref moves."""
        oids = [pygit2.Oid(hex=parent) for parent in parents]
        with _writing():
            commit = self._git.create_commit(None, author, committer, message, pygit2.Oid(hex=tree), oids)
            if commit not in self._git:  # libgit2 tells the id of one that it could not write, and no more
                raise OSError("failed to write a commit")
        return str(commit)

    def chain(self, tip: str, limit: int) -> tuple[str, ...]:
        """A commit and its first parents, newest first, at most `limit`."""
        found: list[str] = []
        commits = [self._commit(tip)]
        while commits and len(found) < limit:
            found.append(str(commits[0].id))
            commits = commits[0].parents
        return tuple(found)

    def parents(self, commit: str) -> tuple[str, ...]:
        return tuple(map(str, self._commit(commit).parent_ids))

    def commit_time(self, commit: str) -> float:
        """When a commit was made, in seconds since 1970."""
        return float(self._commit(commit).commit_time)

    def diff(self, old: str, new: str) -> str:
        """Unified diff of two trees or commits. Attributes cannot hide text in it; bytes outside UTF-8 are marked."""
        diff = self._tree(old).diff_to_tree(self._tree(new), flags=DiffOption.FORCE_TEXT)
        return "".join(self._show(patch) for patch in diff if patch is not None)

    def _show(self, patch: pygit2.Patch) -> str:
        delta = patch.delta
        ids = [str(file.id) for file in (delta.old_file, delta.new_file) if _there(file)]
        if any(b"\0" in self.blob(oid)[:8000] for oid in ids):
            return f"diff --git a/{delta.old_file.path} b/{delta.new_file.path}\nBinary files differ\n"
        return patch.data.decode("utf-8", "replace")

    def _commit(self, oid: str) -> pygit2.Commit:
        try:
            return self._git[oid].peel(pygit2.Commit)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise GitbuddyError(f"not a commit of this repository: {oid}") from error

    def _tree(self, oid: str) -> pygit2.Tree:
        try:
            return self._git[oid].peel(pygit2.Tree)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise GitbuddyError(
                f"not a commit or tree of this repository: {oid}", "it may have been removed by git gc"
            ) from error

    def _find(self, tree: pygit2.Tree, path: str) -> pygit2.Object | None:
        try:
            return tree[path]
        except (KeyError, ValueError, pygit2.GitError):  # no such path, an odd path, a submodule, a missing object
            return None

    def _build(self, tree: pygit2.Tree | None, node: Node, prefix: str) -> pygit2.Oid | None:
        builder = self._git.TreeBuilder(tree) if tree is not None else self._git.TreeBuilder()
        for name, value in node.items():
            old = tree[name] if tree is not None and name in tree else None
            if isinstance(value, dict):
                inner = self._build(_folder(old, prefix + name), value, f"{prefix}{name}/")
                _put(builder, prefix, name, inner, FOLDER)
            elif isinstance(old, pygit2.Tree):
                raise _refused("a folder of that name exists", prefix + name)
            elif value is None:
                _put(builder, prefix, name, None, FILE)
            else:
                _put(builder, prefix, name, self._git.create_blob(value.data), value.mode)
        return builder.write() if len(builder) else None


@contextmanager
def _writing() -> Iterator[None]:
    """Say in a sentence that the disk is full, or whatever else keeps git from writing an object."""
    try:
        yield
    except (pygit2.GitError, OSError) as error:
        hint = "check free space and permissions in .git"
        raise GitbuddyError(f"nothing can be written to the repository: {error}", hint) from error


def signature(name: str, email: str, when: float | None = None) -> pygit2.Signature:
    return pygit2.Signature(name, email, int(time.time() if when is None else when), 0)


def _there(file: pygit2.DiffFile) -> bool:
    return file.id.raw.strip(b"\0") != b"" and file.mode in (FILE, EXECUTABLE, SYMLINK)


def _walk(tree: pygit2.Tree, prefix: str) -> Iterable[str]:
    for entry in tree:
        if isinstance(entry, pygit2.Tree):
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name is not None:
            yield prefix + entry.name


def _folder(old: pygit2.Object | None, path: str) -> pygit2.Tree | None:
    if old is None or isinstance(old, pygit2.Tree):
        return old
    raise _refused("a file of that name exists, so it cannot be a folder", path)


def _put(builder: pygit2.TreeBuilder, prefix: str, name: str, oid: pygit2.Oid | None, mode: int) -> None:
    if oid is None:
        if builder.get(name) is not None:
            builder.remove(name)
        return
    if name.translate(INVISIBLE).casefold().rstrip(". ") == ".git":
        raise _refused("git cannot hold a file of this name", prefix + name)
    try:
        builder.insert(name, oid, mode)
    except (ValueError, pygit2.GitError) as error:
        raise _refused("git cannot hold a file of this name", prefix + name) from error


def _nest(files: Mapping[str, Blob | None]) -> Node:
    """Paths as a tree of dictionaries."""
    top: Node = {}
    for path, value in files.items():
        *folders, name = path.split("/")
        node = top
        for folder in folders:
            inner = node.setdefault(folder, {})
            if not isinstance(inner, dict):
                raise _refused("it is a file and a folder in the same patch", path)
            node = inner
        if isinstance(node.get(name), dict):
            raise _refused("it is a file and a folder in the same patch", path)
        node[name] = value
    return top


def _refused(words: str, path: str) -> Rejected:
    return Rejected(Refused("apply", "impossible-path", f"{words}: {path}"))
