"""The user's repository: one value that everything about git hangs on. Use one `Repo` per thread."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pygit2
from pygit2.enums import RepositoryState

from gitbuddy.errors import GitbuddyError
from gitbuddy.git import person
from gitbuddy.git.history import combine
from gitbuddy.git.ignore import ignored
from gitbuddy.git.listing import GITLINK, Entry, Listing, list_tree
from gitbuddy.git.notes import Notes
from gitbuddy.git.objects import EXECUTABLE, FILE, Blob, Objects
from gitbuddy.git.opening import Place, locate
from gitbuddy.git.refs import Refs
from gitbuddy.git.settings import read_settings
from gitbuddy.values import AllowedPatch, Change, Patch, SourceFile

HEADS = "refs/heads/"
REMEMBERED = 4
MOST_NAMES = 20
"""Names that are tried for one result."""
OPERATIONS = {
    RepositoryState.MERGE: "merge",
    RepositoryState.REVERT: "revert",
    RepositoryState.REVERT_SEQUENCE: "revert",
    RepositoryState.CHERRYPICK: "cherry-pick",
    RepositoryState.CHERRYPICK_SEQUENCE: "cherry-pick",
    RepositoryState.BISECT: "bisect",
    RepositoryState.REBASE: "rebase",
    RepositoryState.REBASE_INTERACTIVE: "rebase",
    RepositoryState.REBASE_MERGE: "rebase",
    RepositoryState.APPLY_MAILBOX: "am",
    RepositoryState.APPLY_MAILBOX_OR_REBASE: "rebase",
}


class Repo:
    """A repository with a work tree. Ids are full and in hex."""

    def __init__(self, place: Place, git: pygit2.Repository) -> None:
        self._git = git
        self._listings: dict[str, Listing] = {}
        self.top = place.top
        """The user's work tree."""
        self.common_dir = place.common_dir
        """The repository itself; the same for all its worktrees."""
        self.objects = Objects(git)
        self.refs = Refs(git, place.common_dir)
        self.notes = Notes(self.objects, self.refs)

    @classmethod
    def open(cls, path: Path, *, unborn: bool = False) -> Repo:
        """Open the repository that holds `path`; `GitbuddyError` says what is missing where that cannot be.

        `unborn`: a branch without a commit will do; whatever asks for `head` must not be called then.
        """
        place = locate(path)
        # git has just checked the owner against safe.directory; libgit2 would ask again, and reads HOME only once.
        pygit2.settings.owner_validation = False
        pygit2.settings.enable_fsync_gitdir(True)
        try:
            git = pygit2.Repository(str(place.top))
            if git.head_is_unborn and not unborn:
                raise GitbuddyError(f"this branch has no commit yet: {place.top}", "commit something first")
        except (pygit2.GitError, KeyError) as error:
            hint = "gitbuddy needs a full clone in git's classic format (sha1, loose and packed refs)"
            raise GitbuddyError(f"the repository cannot be opened: {error}", hint) from error
        return cls(place, git)

    @property
    def git_dir(self) -> Path:
        """The folder of this worktree's own state: the repository itself, or its entry for a linked worktree."""
        return Path(self._git.path)

    @property
    def unborn(self) -> bool:
        """Whether there is no commit yet on the branch that is checked out."""
        return self._git.head_is_unborn

    @property
    def identity(self) -> str:
        """Short stable name of this repository; names its folder in the cache."""
        return hashlib.sha256(os.fsencode(self.common_dir)).hexdigest()[:16]

    def resolve(self, revision: str) -> str:
        """The commit a revision names; `UsageError` if there is none."""
        return self.objects.resolve(revision)

    def head(self) -> str:
        """The commit that is checked out."""
        return self.objects.resolve("HEAD")

    def head_branch(self) -> str | None:
        """The branch that is checked out, without refs/heads/; None when HEAD is detached."""
        return None if self._git.head_is_detached else self._git.head.shorthand

    def operation(self) -> str:
        """What git is in the middle of here ("rebase", "merge", "bisect", ...), or ""."""
        return OPERATIONS.get(RepositoryState(self._git.state()), "")

    def tree_of(self, commit: str) -> str:
        """The tree of a commit; a tree is its own."""
        return self.objects.tree_of(commit)

    def listing(self, commit: str) -> Listing:
        """Everything in a commit or tree; remembered for the last few trees."""
        tree = self.tree_of(commit)
        if tree not in self._listings:
            while len(self._listings) >= REMEMBERED:
                del self._listings[next(iter(self._listings))]
            self._listings[tree] = list_tree(self.common_dir, tree)
        return self._listings[tree]

    def paths(self, commit: str) -> tuple[str, ...]:
        """Tracked regular files of a commit or tree."""
        return self.listing(commit).paths

    def read(self, commit: str, path: str) -> SourceFile | None:
        """The file at `path` of a commit or tree, or None. Symlinks have mode 0o120000, submodules 0o160000."""
        return self.objects.read(commit, path)

    def write_tree(self, base_tree: str, allowed: AllowedPatch) -> str:
        """The tree of `base_tree` with the patch in it, made in memory.

        `Rejected` when a path cannot be in a tree; `GitbuddyError` when the patch was made for other content.
        """
        files: dict[str, Blob | None] = {}
        for change in allowed.patch.changes:
            now = self.objects.read(base_tree, change.path)
            if (now.data if now else None) != change.before:
                raise GitbuddyError(f"the patch was made for another content of this file: {change.path}")
            mode = EXECUTABLE if change.mode & 0o111 else FILE
            files[change.path] = None if change.after is None else Blob(change.after, mode)
        return self.objects.write_tree(base_tree, files)

    def patch(self, old: str, new: str) -> Patch:
        """What `new` changes of the files of `old`, both trees or commits; every kind of entry."""
        before, after = self.listing(old).entries, self.listing(new).entries
        paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        return Patch(tuple(self._change(path, before.get(path), after.get(path)) for path in paths))

    def _change(self, path: bytes, before: Entry | None, after: Entry | None) -> Change:
        old, new = (None if e is None or e.mode == GITLINK else self.objects.blob(e.oid) for e in (before, after))
        mode = after.mode if after else FILE
        return Change(os.fsdecode(path), old, new, mode)

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents of a commit, in order."""
        return self.objects.parents(commit)

    def diff(self, old: str, new: str) -> str:
        """Unified diff of two trees or commits, as text for people."""
        return self.objects.diff(old, new)

    def commit_tree(self, tree: str, parents: Sequence[str], message: str) -> str:
        """Commit `tree` in the user's name. No hook runs, nothing is signed, no ref moves."""
        people = person.author(self.top), person.committer(self.top)
        return self.objects.write_commit(tree, parents, message, *people)

    def combine(self, commits: Sequence[str]) -> str:
        """The commit that builds on all of these: one of them, else a merge commit; `GitbuddyError` on a conflict."""
        return combine(self._git, self.objects, commits, (person.author(self.top), person.committer(self.top)))

    def create_branch(self, name: str, commit: str) -> bool:
        """Make a branch; True also if it already points there, False if it points elsewhere. Never moves a branch."""
        created = self.refs.create(HEADS + name, self.objects.resolve(commit), "gitbuddy: landed")
        return created or self.branch(name) == commit

    def publish(self, commit: str, branch: str) -> str:
        """Make `commit` reachable as `branch`, or as `branch-2`, ... when that name is taken; returns the name.

        Idempotent: a commit that has one of the names already keeps it.
        """
        names = (branch, *(f"{branch}-{number}" for number in range(2, MOST_NAMES)))
        for name in names:
            if self.branch(name) == commit:
                return name
        for name in names:
            if self.create_branch(name, commit):
                return name
        raise GitbuddyError(f"all names for this branch are taken: {branch}", "remove old buddy/ branches")

    def branch(self, name: str) -> str | None:
        """The commit of a local branch, or None."""
        return self.refs.read(HEADS + name)

    def branches(self) -> Mapping[str, str]:
        """Local branches, sorted: name -> commit."""
        return {name.removeprefix(HEADS): oid for name, oid in self.refs.under(HEADS).items()}

    def add_note(self, commit: str, text: str) -> None:
        """Add to the note of a commit in refs/notes/buddy; the same text twice is once."""
        self.notes.add(commit, text)

    def note(self, commit: str) -> str | None:
        """The note of a commit in refs/notes/buddy, or None."""
        return self.notes.read(commit)

    def settings(self) -> Mapping[str, Any]:
        """`git config buddy.*` in the nested shape of `config.UserSettings`."""
        return read_settings(self.top)

    def ignored_dependencies(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Those folders at the top of the user's checkout that exist, are ignored by git and do not lead outside."""
        top = self.top.resolve()
        single = [name for name in names if name not in ("", ".", "..", ".git") and "/" not in name]
        folders = [self.top / name for name in single if (self.top / name).is_dir()]
        inside = [folder for folder in folders if folder.resolve().is_relative_to(top)]
        found = ignored((os.fsencode(folder.name) for folder in inside), self.top)
        return tuple(folder for folder in inside if os.fsencode(folder.name) in found)
