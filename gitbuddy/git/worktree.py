"""The pool of worktrees: kept warm between jobs, one lock each, made anew when anything about them is odd."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gitbuddy.errors import GitbuddyError
from gitbuddy.git import registry
from gitbuddy.git.disk import Disk
from gitbuddy.git.include import INCLUDE_FILE, included
from gitbuddy.git.lease import Lease, locked
from gitbuddy.git.objects import Blob
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_git_code
from gitbuddy.git.slot import Ground, Slot, Times

__all__ = ["Pool", "Slot"]

MOST_SLOTS = 64
PARKED = re.compile(r"parked ([0-9a-f]{40}) (\d{1,12}) (\d{1,12})( watched)?\n")
CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tfilemode = true\n\texcludesFile = /dev/null\n"
ATTRIBUTES = "* -text -eol -filter -ident -working-tree-encoding\n"
CACHES = ".mypy_cache/\n.pytest_cache/\n.ruff_cache/\n"
"""Folders of tools that are worth keeping between attempts, also where the project forgot to ignore them."""


class Pool:
    """Worktrees of one repository below `root`, a folder of ours outside the user's tree.

    `dependencies` are names of ignored folders of the user's checkout that commands may read. `watch` says that
    commands there can make no hard links, so that the kernel's word on what they touched is enough between attempts.
    """

    def __init__(self, repo: Repo, root: Path, dependencies: Sequence[str] = (), *, watch: bool = False) -> None:
        self._repo = repo
        self._watch = watch
        self._dependencies = tuple(dependencies)
        folder = root.expanduser().resolve() / "worktrees"
        self._slots, self._locks, self._trash = folder / "slots", folder / "locks", folder / "trash"
        self._common, self._lock = folder / "common", folder / "lock"

    @contextmanager
    def slot(self, base: str, include: str = INCLUDE_FILE) -> Iterator[Slot]:
        """A worktree that stands at the commit `base`, for the time of the block; then it is parked for the next job.

        `include` names the file of the base that lists ignored files to copy from the user's checkout ("" for none).
        """
        self._prepare()
        lease, number = self._take(base)
        try:
            slot = self._ready(lease, number, base)
            try:
                slot.include(self._included(base, include))
                yield slot
            finally:
                self._park(slot, lease)
        finally:
            lease.close()

    def clear(self) -> tuple[Path, ...]:
        """Remove all worktrees that no job uses; returns their folders."""
        self._prepare()
        removed = []
        for number in self._numbers():
            lease = Lease.take(self._locks / str(number))
            if lease is None:
                continue
            if self._path(number).exists():
                removed.append(self._path(number))
            self._discard(lease, number)
            lease.close()
        return tuple(removed)

    def _prepare(self) -> None:
        """Make the folders, and the settings that hold in our worktrees instead of the repository's own."""
        if any(self._slots.is_relative_to(place) for place in (self._repo.top, self._repo.common_dir)):
            hint = "choose another folder: git config --global buddy.cache <folder>"
            raise GitbuddyError(f"the cache must not lie inside the repository: {self._slots}", hint)
        try:
            for folder in (self._slots, self._locks, self._trash, self._common / "info"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with locked(self._lock):
                self._write_settings()
        except OSError as error:
            hint = (
                "check free space and permissions, or choose another folder: git config --global buddy.cache <folder>"
            )
            raise GitbuddyError(f"the cache folder cannot be written: {error}", hint) from error

    def _write_settings(self) -> None:
        for name in ("objects", "refs"):
            (self._common / name).mkdir(exist_ok=True)
        _update(self._common / "HEAD", b"ref: refs/heads/none\n")
        _update(self._common / "config", CONFIG.encode())
        _update(self._common / "info/attributes", ATTRIBUTES.encode())
        _update(self._common / "info/exclude", self._ignore_rules())

    def _ignore_rules(self) -> bytes:
        """The rules that hold for this user beside the tracked ones, weakest first."""
        code, out = run_git_code(["config", "--type=path", "core.excludesFile"], cwd=self._repo.top)
        config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        usual = Path(config) / "git/ignore"
        mine = usual if code else self._repo.top / os.fsdecode(out).rstrip("\n")
        files = (mine, self._repo.common_dir / "info/exclude")
        return b"\n".join([CACHES.encode(), *(file.read_bytes() for file in files if file.is_file())]) + b"\n"

    def _included(self, base: str, include: str) -> dict[bytes, Blob]:
        file = self._repo.read(base, include) if include else None
        return included(self._repo.top, file.data, self._trash) if file else {}

    def _take(self, base: str) -> tuple[Lease, int]:
        """A free slot: best one that stands at this base already, else any, else a new number."""
        known = self._numbers()
        fitting = [number for number in known if _note(self._locks / str(number)).startswith(f"parked {base} ")]
        fresh = [number for number in range(1, MOST_SLOTS + 1) if number not in known]
        for number in dict.fromkeys([*fitting, *known, *fresh]):
            if lease := Lease.take(self._locks / str(number)):
                return lease, number
        hint = "wait for a running job to end; `git worktree list` shows them"
        raise GitbuddyError(f"all worktrees are in use: {MOST_SLOTS}", hint)

    def _ready(self, lease: Lease, number: int, base: str) -> Slot:
        parked = PARKED.fullmatch(lease.note)
        lease.note = ""
        if parked and (parked[4] or not self._watch):  # in one that was not watched, hard links may lie
            with suppress(GitbuddyError, OSError):  # whatever is wrong with an old one, a new one is made
                return self._reuse(lease, number, base, parked[1], Times(int(parked[2]), int(parked[3])))
        return self._create(lease, number, base)

    def _reuse(self, lease: Lease, number: int, base: str, old: str, times: Times) -> Slot:
        path = self._path(number)
        entry = registry.entry_of(self._repo.common_dir, path)
        if entry is None or path.is_symlink():
            raise GitbuddyError(f"not a worktree of ours any more: {path}")
        slot = self._slot(lease, number, entry, base, times)
        try:
            if base != old:
                slot.switch(old)
            slot.settle()
        except BaseException:
            slot.close()
            raise
        return slot

    def _create(self, lease: Lease, number: int, base: str) -> Slot:
        """A new worktree in a new folder: processes of a killed job may still write into the old one."""
        self._discard(lease, number)
        with locked(self._lock):
            self._reap(number)
            entry = registry.add(self._repo.common_dir, self._path(number), base, lease.fd)
        slot = self._slot(lease, number, entry, base, Times())
        try:
            slot.fill()
        except BaseException:
            slot.close()
            raise
        return slot

    def _slot(self, lease: Lease, number: int, entry: Path, base: str, times: Times) -> Slot:
        ground = Ground(self._path(number), entry, self._common, self._bin(number), lease.fd)
        return Slot(self._repo, ground, base, self._dependencies, times, watch=self._watch)

    def _park(self, slot: Slot, lease: Lease) -> None:
        try:
            slot.settle(thorough=True)
            watched = " watched" if self._watch else ""
            lease.note = f"parked {slot.base} {slot.times.newest} {slot.times.refresh_at}{watched}\n"
        except (GitbuddyError, OSError):
            lease.note = ""  # the next job makes it anew
        finally:
            slot.close()

    def _discard(self, lease: Lease, number: int) -> None:
        """Forget a slot whose lease is held."""
        lease.note = ""
        with locked(self._lock):
            registry.drop(self._repo.common_dir, self._path(number))
            self._throw_away(self._path(number), number)
        self._empty(number)

    def _reap(self, own: int) -> None:
        """Clear entries that killed processes left, under the pool's lock. Those in use cannot be leased, so stay."""
        for _, path in list(registry.ours(self._repo.common_dir, self._slots)):
            number = path.name.rpartition("-")[2]
            lease = Lease.take(self._locks / number) if number.isdigit() and number != str(own) else None
            if lease is None:
                continue
            if not PARKED.fullmatch(lease.note) or not path.is_dir():
                registry.drop(self._repo.common_dir, path)
                self._throw_away(path, own)
            lease.close()

    def _throw_away(self, path: Path, number: int) -> None:
        if path.is_symlink() or path.exists():
            path.rename(self._bin(number) / os.urandom(8).hex())

    def _empty(self, number: int) -> None:
        trash = self._bin(number)
        disk = Disk(trash, trash)
        try:
            for name in disk.names(b""):
                with suppress(OSError):  # somebody still writes there; the next time it is gone
                    disk.remove(name)
        finally:
            disk.close()

    def _numbers(self) -> list[int]:
        return sorted(int(file.name) for file in self._locks.iterdir() if file.name.isdigit())

    def _path(self, number: int) -> Path:
        return self._slots / f"gitbuddy-{number}"

    def _bin(self, number: int) -> Path:
        folder = self._trash / str(number)
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder


def _note(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _update(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        new = path.with_name(path.name + ".new")
        new.write_bytes(data)
        new.replace(path)
