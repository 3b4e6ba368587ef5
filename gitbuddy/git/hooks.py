"""Hooks of a repository: what stands where, putting gitbuddy's in, and taking them out again.

The user's hook is never without effect: a copy of it (a second name of the same file) is made first, then the shim is
renamed over it; the shim runs the copy before anything else. Killed in between, one or the other is in place.
What is another program's is not written to: git's configuration holds the hook where git reads hooks from there (2.54),
else the user is told what to add to that program's file.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

from gitbuddy.errors import GitbuddyError
from gitbuddy.git import foreign, shims
from gitbuddy.git.opening import locate
from gitbuddy.git.run import run_git, run_git_code
from gitbuddy.git.shims import HOOKS

KEPT: Final = ".before-gitbuddy"
LEGACY: Final = ".legacy"
"""Where pre-commit keeps a hook that it runs before its own."""
CONFIGURED: Final = (2, 54)
"""The git that runs hooks which stand in its configuration."""
SWITCHED_OFF: Final = "see where: git config --show-origin --get core.hooksPath"


class State(StrEnum):
    """How a hook stands."""

    ABSENT = "not installed"
    INSTALLED = "installed"
    EDITED = "edited"
    """Gitbuddy's shim, changed by somebody."""
    FOREIGN = "foreign"
    """Another hook runs here, and gitbuddy's does not."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where git looks for hooks in one work tree, and whose folder that is ("": the repository's own).

    `own` is where it looks unless told otherwise.
    """

    top: Path
    own: Path
    folder: Path
    owner: str
    configured: bool
    """Whether git also runs hooks that stand in its configuration."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook. `way` is how gitbuddy is, or would be, run: a shim at `file`, `git config`, or `line` added to a file.

    `by` is the program whose place this is ("" for git itself), `kept` the hook that a shim runs first.
    """

    name: str
    state: State
    by: str
    way: Literal["shim", "config", "line"]
    file: Path
    kept: Path | None
    line: foreign.Line


def status(directory: Path) -> tuple[Hook, ...]:
    """Every hook that gitbuddy has, as it stands around a folder; `GitbuddyError` where there is no work tree."""
    site = _site(directory)
    return tuple(_look(site, name) for name in HOOKS)


def install(directory: Path, names: Sequence[str], python: str = sys.executable) -> tuple[Hook, ...]:
    """Install these hooks, all or none, and return all as they stand then; those installed already are renewed.

    `python` is the absolute path of the Python that has gitbuddy. `GitbuddyError` says what is in the way, with the
    lines to add where another program runs the hooks.
    """
    site = _site(directory)
    hooks = [_look(site, name) for name in names]
    for hook in hooks:
        _refuse(hook)
    try:
        for hook in hooks:
            _put(site, hook, python)
    except OSError as error:
        words = f"the hook cannot be written: {error.filename or site.folder}: {error.strerror}"
        raise GitbuddyError(words, "what was there before still runs") from error
    return status(directory)


def uninstall(directory: Path) -> tuple[Hook, ...]:
    """Take out what `install` put in, and put back what was there; returns the hooks that had to be left."""
    site = _site(directory)
    # What was installed before `core.hooksPath` was set still stands in the repository's own folder.
    own = [] if site.own.is_symlink() else [replace(site, folder=site.own, owner="")]
    sites = [*([] if site.owner else [site]), *own]
    try:
        for name in HOOKS:
            _unset(site, name)
            for place in sites:
                _take_out(_look(place, name))
    except OSError as error:
        words = f"the hook cannot be removed: {error.filename or site.folder}: {error.strerror}"
        raise GitbuddyError(words, "make the folder writable") from error
    left = (State.INSTALLED, State.EDITED)
    return tuple(hook for hook in status(directory) if hook.state in left)


def _site(directory: Path) -> Site:
    place = locate(directory)
    version = re.search(rb"(\d+)\.(\d+)", run_git(["version"], cwd=place.top))
    configured = version is not None and (int(version[1]), int(version[2])) >= CONFIGURED
    own = place.common_dir / "hooks"
    named = _hooks_path(place.top)
    folder = own if named is None else place.top / named
    inside = folder.resolve().is_relative_to(place.common_dir)
    return Site(place.top, own, folder, "" if inside else foreign.owner_of(folder, named=named is not None), configured)


def _hooks_path(top: Path) -> str | None:
    """`core.hooksPath` of the user's files; what every call of ours says about it is passed over."""
    command = ["config", "--null", "--show-scope", "--type=path", "--get-all", "core.hooksPath"]
    words = os.fsdecode(run_git_code(command, cwd=top)[1]).split("\0")
    values = [value for scope, value in zip(words[::2], words[1::2], strict=False) if scope != "command"]
    return values[-1] if values else None


def _look(site: Site, name: str) -> Hook:
    file, by = site.folder / name, site.owner
    text = _bytes(file)
    by = by or foreign.author_of(text or b"")
    if by == foreign.PRE_COMMIT and not site.owner and _is_free(site.folder / (name + LEGACY)):
        file = file.with_name(name + LEGACY)
        text = _bytes(file)
    line = foreign.line_for(by, name, site.top, site.folder)
    kept = site.folder / (name + KEPT)
    found = kept if os.path.lexists(kept) else None
    if _configured(site, name):
        return Hook(name, State.INSTALLED, by, "config", file, None, line)
    if text is not None and (who := shims.whose(text)) != "another's":
        state = State.INSTALLED if who == "ours" else State.EDITED
        return Hook(name, state, by, "shim", file, found, line)
    if line.there(name):
        return Hook(name, State.INSTALLED, by, "line", file, None, line)
    shared = bool(site.owner) or (bool(by) and (site.configured or file.name == name))
    state = State.FOREIGN if by or os.path.lexists(file) else State.ABSENT
    return Hook(name, state, by, _way(site, shared), file, found, line)


def _is_free(legacy: Path) -> bool:
    """Whether pre-commit's place for an older hook is empty, or holds a shim of ours."""
    text = _bytes(legacy)
    return not os.path.lexists(legacy) if text is None else shims.whose(text) != "another's"


def _way(site: Site, shared: bool) -> Literal["shim", "config", "line"]:
    if not shared:
        return "shim"
    return "config" if site.configured else "line"


def _configured(site: Site, name: str) -> bool:
    code, _ = run_git_code(["config", "--local", "--get-all", f"hook.gitbuddy-{name}.event"], cwd=site.top)
    return code == 0


def _refuse(hook: Hook) -> None:
    if hook.state is State.EDITED:
        hint = "put your lines into a file of your own and remove this one, then install again"
        raise GitbuddyError(f"this hook is gitbuddy's, and somebody changed it: {hook.file}", hint)
    if hook.state is State.INSTALLED or hook.way == "config":
        return
    if os.path.lexists(hook.file.parent) and not hook.file.parent.is_dir():
        raise GitbuddyError(f"hooks are switched off here, this is no folder: {hook.file.parent}", SWITCHED_OFF)
    if hook.way == "line":
        hint = f"add this to {hook.line.file}:\n{hook.line.text}"
        raise GitbuddyError(
            f"the hooks here are another's ({hook.by}), so gitbuddy adds none: {hook.file.parent}", hint
        )
    if hook.kept and not _same(hook.kept, hook.file):
        hint = f"if nothing needs it, remove it; to use it again, rename it to {hook.name}; then install again"
        raise GitbuddyError(f"the name for the hook that is here is taken: {hook.kept}", hint)


def _put(site: Site, hook: Hook, python: str) -> None:
    if hook.way == "config":
        section = f"hook.gitbuddy-{hook.name}"
        # The command first: an event without a command would be an error at every commit.
        run_git(["config", "--local", f"{section}.command", shims.command_line(hook.name, python)], cwd=site.top)
        run_git(["config", "--local", f"{section}.event", hook.name], cwd=site.top)
    elif hook.way == "shim":
        hook.file.parent.mkdir(parents=True, exist_ok=True)
        text = shims.render(hook.name, python)
        if hook.state is not State.INSTALLED and os.path.lexists(hook.file) and hook.kept is None:
            _keep(hook.file, hook.file.with_name(hook.name + KEPT))
        if _bytes(hook.file) != text or not os.access(hook.file, os.X_OK):
            _replace(hook.file, text)


def _unset(site: Site, name: str) -> None:
    # git's 128 is its word for a section that is not there.
    run_git_code(["config", "--local", "--remove-section", f"hook.gitbuddy-{name}"], cwd=site.top, ok=(0, 128))


def _take_out(hook: Hook) -> None:
    if hook.way != "shim" or hook.state is State.EDITED:
        return
    if hook.state is not State.INSTALLED:
        if hook.kept and _same(hook.kept, hook.file):  # an installation was killed half way
            hook.kept.unlink()
    elif hook.kept:
        hook.kept.replace(hook.file)
    else:
        hook.file.unlink()


def _keep(file: Path, kept: Path) -> None:
    """Give a hook a second name; it stays in place under its first."""
    try:
        os.link(file, kept, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a filesystem without hard links
        new = kept.with_name(f"{kept.name}-new")
        shutil.copy2(file, new, follow_symlinks=False)
        new.rename(kept)


def _replace(file: Path, text: bytes) -> None:
    """Put a whole, executable file in the place of whatever is there, in one step."""
    new = file.with_name(f".{file.name}.gitbuddy-new")
    new.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(new, flags, 0o755), "wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def _same(one: Path, other: Path) -> bool:
    """Whether two names stand for the same hook: one file, or files that are alike."""
    try:
        first, second = one.lstat(), other.lstat()
    except OSError:
        return False
    if (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino):
        return True
    alike = first.st_mode == second.st_mode
    return alike and (one.readlink() == other.readlink() if one.is_symlink() else _bytes(one) == _bytes(other))


def _bytes(file: Path) -> bytes | None:
    """What a hook contains; None where there is no file."""
    try:
        return file.read_bytes()
    except OSError:
        return None
