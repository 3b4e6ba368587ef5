"""What a person has in hand, as a commit of its own: the files on disk, or what is staged for the commit being made.

Blobs, trees and a commit without a name are added to the object database. The index is read from a copy, as git writes
to the one it reads; no file, ref or setting is touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gitbuddy.git.disk import Disk
from gitbuddy.git.objects import EXECUTABLE, FILE, Blob, signature
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_git, run_git_code
from gitbuddy.temporary import temporary_folder
from gitbuddy.values import SourceFile

LARGEST = 4 << 20
"""Bytes of a file that is linted; what is longer was written by a program."""
MESSAGE = "buddy: files in hand\n"


DIFF = ("-z", "--no-ext-diff", "--no-renames", "--ignore-submodules=all")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit that holds what is in hand, the files asked about with their bytes, and why others are left out."""

    commit: str
    files: Mapping[str, SourceFile]
    left_out: Mapping[str, str]


def of_worktree(repo: Repo, files: Sequence[str]) -> Snapshot:
    """The files on disk, byte for byte, without the changes that git makes on adding: tracked ones and `files`.

    Paths are relative to the top of the worktree.
    """
    taken, left_out = _taken(repo, files)
    listed = _listed(repo, "diff", "--name-only", *DIFF, _base(repo))
    changed = [path for path in listed if path not in taken and _is_text(path)]
    blobs: dict[str, Blob | None] = {path: Blob(file.data, file.mode) for path, file in taken.items()}
    disk = Disk(repo.top, repo.top)
    try:
        for path in changed:
            found = disk.read(os.fsencode(path), LARGEST)
            if found is not None:
                blobs[path] = Blob(found[1], found[0])
            elif not disk.stands(os.fsencode(path)):
                blobs[path] = None
    finally:
        disk.close()
    tree = repo.objects.write_tree(_base(repo), blobs)
    return Snapshot(_commit(repo, tree), taken, left_out)


def of_index(repo: Repo, environment: Mapping[str, str]) -> Snapshot:
    """What is staged, as git told its hook in `environment` (`GIT_INDEX_FILE`), and the staged files that are new or
    changed.
    """
    with _index(repo, environment) as index:
        tree = os.fsdecode(run_git(["write-tree"], cwd=repo.top, environment=index)).strip()
        paths = _listed(
            repo, "diff-index", "--cached", "--name-only", "--diff-filter=ACMRT", *DIFF, _base(repo), **index
        )
    commit = _commit(repo, tree)
    found = {path: file for path in paths if (file := repo.read(commit, path))}
    files = {path: file for path, file in found.items() if not _unfit(file)}
    left_out = {path: words for path, file in found.items() if (words := _unfit(file))}
    return Snapshot(commit, files, left_out)


@contextmanager
def _index(repo: Repo, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A copy of the index that a hook was told of, else of the worktree's own."""
    (own,) = os.fsdecode(run_git(["rev-parse", "--git-path", "index"], cwd=repo.top)).splitlines()
    named = environment.get("GIT_INDEX_FILE") or own
    with temporary_folder() as folder:
        copy = folder / "index"
        if (repo.top / named).exists():
            shutil.copyfile(repo.top / named, copy)
        yield {"GIT_INDEX_FILE": str(copy)}


def _taken(repo: Repo, files: Sequence[str]) -> tuple[dict[str, SourceFile], dict[str, str]]:
    """(the files as they stand on disk, why the others are left out)."""
    taken, left_out = {}, {}
    disk = Disk(repo.top, repo.top)
    try:
        for path in files:
            if not _is_text(path):
                left_out[path] = "its name is not UTF-8"
                continue
            found = disk.read(os.fsencode(path), LARGEST)
            if found is None:
                left_out[path] = "no regular file of a size that is linted"
                continue
            file = SourceFile(path, found[1], found[0])
            if words := _unfit(file):
                left_out[path] = words
            else:
                taken[path] = file
    finally:
        disk.close()
    return taken, left_out


def _is_text(path: str) -> bool:
    """Whether a name is UTF-8: pygit2 writes no other into a tree."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unfit(file: SourceFile) -> str:
    if file.mode not in (FILE, EXECUTABLE):
        return "a symbolic link or a submodule"
    if len(file.data) > LARGEST:
        return f"larger than {LARGEST} bytes"
    return "not a text" if b"\0" in file.data else ""


def _base(repo: Repo) -> str:
    """What is compared with: the commit that is checked out, or nothing where there is none yet."""
    code, out = run_git_code(["rev-parse", "--verify", "--quiet", "HEAD^{tree}"], cwd=repo.top)
    return os.fsdecode(out).strip() if code == 0 else repo.objects.write_tree(None, {})


def _commit(repo: Repo, tree: str) -> str:
    nobody = signature("gitbuddy", "gitbuddy@localhost")  # whoever has not told git their name can still lint
    return repo.objects.write_commit(tree, [] if repo.unborn else [repo.head()], MESSAGE, nobody, nobody)


def _listed(repo: Repo, *arguments: str, **environment: str) -> tuple[str, ...]:
    out = run_git(list(arguments), cwd=repo.top, environment=environment)
    return tuple(os.fsdecode(path) for path in out.split(b"\0")[:-1])
