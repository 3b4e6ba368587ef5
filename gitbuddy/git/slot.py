"""One worktree at work: laid out with a patch, put back to its base.

git is always told where its entry is. The `.git` file in the worktree is only there for people; a command may rewrite
it, and following it would run that command's choice of programs. No configuration, attribute or filter of the
repository applies here either: files stand exactly as in their blobs.
"""

from __future__ import annotations

import os
import posixpath
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.disk import Disk
from gitbuddy.git.ignore import ignored
from gitbuddy.git.objects import EXECUTABLE, FILE, Blob
from gitbuddy.git.registry import SEALED
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_git
from gitbuddy.git.scan import Scan
from gitbuddy.git.watch import Watch
from gitbuddy.values import AllowedPatch, Mounts, SourceFile

POINTER = b".git"
FIRST_CHECKOUT = 900.0
"""Seconds; some disks write 100,000 files slowly."""
TOLERATED = 20
"""Files whose times are out of date in the index before it is brought up to date: each costs a comparison."""


class Ground(NamedTuple):
    """What a slot stands on: its folder, its entry in the repository, the pool's own settings folder, its trash."""

    path: Path
    entry: Path
    common: Path
    trash: Path
    lock: int


class Times(NamedTuple):
    """What a slot remembers from job to job, in seconds since 1970.

    `newest` is the newest modification time given to a file there. From `refresh_at` on, git can bring its index up to
    date; 0 means that it is. Until then git compares contents where a file is as young as the index.
    """

    newest: int = 0
    refresh_at: int = 0


FRESH = Times()


class Slot:
    """A worktree held by this process. `read` and `tracked` tell of its base.

    With `watch`, `settle` looks only at what was touched since the one before; see `gitbuddy.git.watch` for when that
    may be trusted.
    """

    def __init__(
        self,
        repo: Repo,
        ground: Ground,
        base: str,
        dependencies: Iterable[str] = (),
        times: Times = FRESH,
        *,
        watch: bool = False,
    ) -> None:
        self._repo = repo
        self._ground = ground
        self._listing = repo.listing(base)
        self._disk = Disk(ground.path, ground.trash)
        self._scan = Scan(self._disk, self._listing)
        self._watch = Watch(self._disk, self._listing) if watch else None
        self._laid: dict[bytes, Blob | None] = {}
        self._included: dict[bytes, Blob] = {}
        self.times = times
        self.leftovers = False
        """Whether commands have left ignored files, as of the last time it was settled."""
        self.path = ground.path
        self.base = base
        self.base_tree = self._listing.tree
        self.tracked = self._listing.tracked
        self.mounts = Mounts(ground.path, repo.top, repo.ignored_dependencies(tuple(dependencies)))

    def read(self, path: str) -> SourceFile | None:
        """The file at `path` of the base."""
        return self._repo.read(self.base_tree, path)

    def lay_out(self, allowed: AllowedPatch | None) -> None:
        """Make the worktree the base with this patch in it. Only files of this patch and the one before are written."""
        changes = allowed.patch.changes if allowed else ()
        wanted = {os.fsencode(change.path): _blob(change.after, change.mode) for change in changes}
        before, self._laid = self._laid, {**self._laid, **wanted}
        try:
            self._to_base(path for path in before if path not in wanted)
            self._write(wanted)
        except OSError as error:
            raise GitbuddyError(
                f"the worktree cannot be written: {error}", "check free space and permissions"
            ) from error
        self._laid = wanted

    def settle(self, *, thorough: bool = False) -> tuple[str, ...]:
        """Put the worktree back to the base after commands ran in it; ignored files stay.

        Returns the tracked paths (and those of the patch) that do not stand as they were laid out: what the commands
        altered. `GitbuddyError` when it cannot be put back; the worktree is then made anew for the next job.
        `thorough` looks at every tracked file, whatever the watch says.
        """
        touched = self._watch.touched() if self._watch and not thorough else None
        try:
            altered = self._settle(touched)
        except OSError as error:
            hint = "a command left something that cannot be removed; `git worktree list` shows the folder"
            raise GitbuddyError(f"the worktree cannot be put back: {error}", hint) from error
        if self._watch and not thorough:
            own = None if touched is None else self._watch.touched()  # what settling itself opened and wrote
            self._watch.renew() if own is None else self._watch.forget()
        return altered

    def wipe(self) -> None:
        """As `settle`, and remove ignored files as well: what stands then is the base and nothing else."""
        self.settle()
        for folder, names in self._listing.folders.items():
            prefix = folder + b"/" if folder else b""
            extras = [prefix + name for name in self._disk.names(folder) if name not in names]
            for path in extras:
                if path != POINTER:
                    self._disk.remove(path)
        self._put_included()
        self.leftovers = False

    def include(self, files: dict[bytes, Blob]) -> None:
        """Keep these untracked files in the worktree, whatever commands do to them."""
        self._included = {path: blob for path, blob in files.items() if path not in self._listing.entries}
        self._put_included()

    def fill(self) -> None:
        """First checkout into an empty folder."""
        self._git(
            "-c",
            "checkout.workers=0",
            "-c",
            "index.version=4",
            "read-tree",
            "--reset",
            "-u",
            self.base_tree,
            timeout=FIRST_CHECKOUT,
        )
        self.times = self.times._replace(refresh_at=int(time.time()) + 1)

    def switch(self, old: str) -> None:
        """Move from the base `old`, at which the worktree stands, to the own one; call `settle` next."""
        gone = [path for path in self._repo.listing(old).entries if path not in self._listing.entries]
        self._git("read-tree", "--reset", self.base_tree)
        new = self._ground.entry / "HEAD.new"
        new.write_text(f"{self.base}\n")
        new.replace(self._ground.entry / "HEAD")
        for path in gone:
            self._disk.remove(path, prune=True)

    def close(self) -> None:
        if self._watch:
            self._watch.close()
        self._disk.close()

    def _settle(self, touched: frozenset[bytes] | None) -> tuple[str, ...]:
        self._disk.regain()
        self._put_pointer()
        extras = self._scan.extras()
        seen = self._differing() if touched is None else touched
        candidates = {*seen, *self._laid} - self._listing.gitlinks
        altered = sorted(path for path in candidates if not self._stands_as_laid(path))
        self._to_base({*altered, *self._laid} - self._listing.gitlinks)
        self._laid = {}
        self._remove(extras)
        for path in self._listing.gitlinks:
            self._disk.make_folder(path)
        self._put_included()
        return tuple(os.fsdecode(path) for path in altered)

    def _differing(self) -> list[bytes]:
        """Tracked paths that differ from the index, or may."""
        if 0 < self.times.refresh_at < time.time():
            self._git("update-index", "-q", "--refresh", ok=(0, 1))
            self.times = self.times._replace(refresh_at=0)
        out = self._git("diff-files", "-z", "--name-only", "--ignore-submodules=all")
        paths = out.split(b"\0")[:-1]
        if len(paths) > TOLERATED + len(self._laid):
            self.times = self.times._replace(refresh_at=max(int(time.time()), self.times.newest) + 1)
        return paths

    def _stands_as_laid(self, path: bytes) -> bool:
        blob = self._laid[path] if path in self._laid else self._base_blob(path)
        return not self._disk.stands(path) if blob is None else self._disk.matches(path, blob.mode, blob.data)

    def _base_blob(self, path: bytes) -> Blob | None:
        entry = self._listing.entries.get(path)
        return None if entry is None else Blob(self._repo.objects.blob(entry.oid), entry.mode)

    def _to_base(self, paths: Iterable[bytes]) -> None:
        blobs = {path: self._base_blob(path) for path in paths}
        self._write({path: blob for path, blob in blobs.items() if blob is None or not self._matches(path, blob)})

    def _matches(self, path: bytes, blob: Blob) -> bool:
        return self._disk.matches(path, blob.mode, blob.data)

    def _write(self, files: dict[bytes, Blob | None]) -> None:
        """Write with a time that no file here has had: Python, make and mypy tell versions of a file by seconds."""
        newest = max(self.times.newest, int(time.time())) + 1
        self.times = self.times._replace(newest=newest)
        for path, blob in files.items():
            if blob is None:
                self._disk.remove(path, prune=True)
        for path, blob in files.items():
            if blob is not None:
                self._disk.write(path, blob.mode, blob.data, newest)

    def _remove(self, extras: list[bytes]) -> None:
        """Remove what git does not ignore. Rules for ignoring that a command left are no rules."""
        rules = [path for path in extras if posixpath.basename(path) == b".gitignore" or self._in_gitlink(path)]
        for path in rules:
            self._disk.remove(path)
        rest = sorted(set(extras) - set(rules))
        kept = {
            path
            for path in ignored(rest, self.path, self._place, (self._ground.lock,))
            # Checks write no bytecode; whoever does could leave some that Python runs instead of the next candidate.
            if posixpath.basename(path) != b"__pycache__"
        }
        for path in rest:
            if path not in kept:
                self._disk.remove(path)
        self.leftovers = self.leftovers or any(not self._holds_included(path) for path in kept)

    def _holds_included(self, path: bytes) -> bool:
        return any(one == path or one.startswith(path + b"/") for one in self._included)

    def _in_gitlink(self, path: bytes) -> bool:
        return posixpath.dirname(path) in self._listing.gitlinks

    def _put_included(self) -> None:
        lost = {path: blob for path, blob in self._included.items() if not self._matches(path, blob)}
        if lost:
            self._write({**lost})

    def _put_pointer(self) -> None:
        pointer = Blob(b"gitdir: " + os.fsencode(self._ground.entry) + b"\n", FILE)
        if not self._matches(POINTER, pointer):
            self._disk.write(POINTER, FILE, pointer.data, int(time.time()))

    @property
    def _place(self) -> dict[str, str]:
        return SEALED | {
            "GIT_DIR": str(self._ground.entry),
            "GIT_COMMON_DIR": str(self._ground.common),
            "GIT_OBJECT_DIRECTORY": str(self._repo.common_dir / "objects"),
            "GIT_WORK_TREE": str(self.path),
        }

    def _git(self, *arguments: str, ok: tuple[int, ...] = (0,), timeout: float = 120.0) -> bytes:
        return run_git(
            arguments, cwd=self.path, ok=ok, timeout=timeout, environment=self._place, hold=(self._ground.lock,)
        )


def _blob(data: bytes | None, mode: int) -> Blob | None:
    return None if data is None else Blob(data, EXECUTABLE if mode & 0o111 else FILE)
