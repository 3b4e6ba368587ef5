"""Taking a parked proposal: into the user's files, and into the index where it holds what the proposal was made for.

Only on the user's word, by `git buddy apply`. Each file is replaced at once and the index in one step; a run that was
killed in between is finished by the next. What was edited since is merged line by line, or left alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from gitbuddy.git import inplace
from gitbuddy.git.parked import Parked
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_git, run_git_code
from gitbuddy.temporary import temporary_folder
from gitbuddy.values import Change

MOST_CONFLICTS = 127
"""`git merge-file` answers with the number of conflicts, at most this; above is an error."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One file of a proposal: `why` says why it was left alone, "" where it was taken; `staged` if the index has it."""

    path: str
    why: str
    staged: bool


def take(repo: Repo, proposal: Parked) -> tuple[Taken, ...]:
    """Take every file of a proposal that can be taken."""
    inplace.sweep(repo.git_dir)
    written = {change.path: _write(repo, change) for change in proposal.changes}
    staged = _stage(repo, [change for change in proposal.changes if not written[change.path]])
    return tuple(Taken(path, why, path in staged) for path, why in written.items())


def _write(repo: Repo, change: Change) -> str:
    """Bring a file on disk from what was staged to what is proposed; why not, or ""."""
    path = repo.top / change.path
    try:
        now = b"" if path.is_symlink() else path.read_bytes()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    before, after = change.before or b"", change.after or b""
    if now == after:
        return ""
    if now == before:
        return inplace.write(repo.top, repo.git_dir, change)
    if _cleaned(repo, change.path) == _oid(repo, before):  # git changes line ends or runs a filter on checking out
        return inplace.write(repo.top, repo.git_dir, replace(change, before=now, after=_smudged(repo, change)))
    merged = _merged(now, before, after)
    if merged is None:
        return "the same lines were edited since"
    return inplace.write(repo.top, repo.git_dir, replace(change, before=now, after=merged))


def _cleaned(repo: Repo, path: str) -> str:
    """The blob that git would make of a file on disk."""
    return _word(run_git(["hash-object", "--", path], cwd=repo.top))


def _oid(repo: Repo, data: bytes) -> str:
    return _word(run_git(["hash-object", "--no-filters", "-w", "--stdin"], cwd=repo.top, stdin=data))


def _smudged(repo: Repo, change: Change) -> bytes:
    """What git would check out for the proposed blob."""
    oid = _oid(repo, change.after or b"")
    return run_git(["cat-file", "--filters", f"--path={change.path}", oid], cwd=repo.top)


def _merged(now: bytes, before: bytes, after: bytes) -> bytes | None:
    """The proposal's change made in what is on disk now; None where both touch the same lines."""
    with temporary_folder() as folder:
        files = [folder / name for name in ("now", "before", "after")]
        for file, data in zip(files, (now, before, after), strict=True):
            file.write_bytes(data)
        command = ["merge-file", "-p", *map(str, files)]
        code, out = run_git_code(command, cwd=folder, ok=range(MOST_CONFLICTS + 1))
    return out if code == 0 else None


def _stage(repo: Repo, changes: list[Change]) -> frozenset[str]:
    """Put the proposed blobs into the index where it still holds those that they were made for."""
    out = run_git(["ls-files", "--stage", "-z", "--", *(change.path for change in changes)], cwd=repo.top)
    entries = [record.partition(b"\t") for record in out.split(b"\0")[:-1]]
    held = {os.fsdecode(path): head.split(b" ") for head, _, path in entries}
    lines, staged = [], set[str]()
    for change in changes:
        mode, oid, stage = (part.decode() for part in held.get(change.path, (b"", b"", b"")))
        if stage == "0" and oid == _oid(repo, change.before or b""):
            lines.append(f"{mode} {_oid(repo, change.after or b'')} 0\t".encode() + os.fsencode(change.path) + b"\0")
            staged.add(change.path)
    if lines:
        run_git(["update-index", "-z", "--index-info"], cwd=repo.top, stdin=b"".join(lines))
    return frozenset(staged)


def _word(out: bytes) -> str:
    return out.decode("ascii").strip()
