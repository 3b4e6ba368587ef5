"""Which folders of the host make the programs on PATH work, and where a program is found.

The search is on the host and only ever *allows*: a folder that is not named here or on PATH stays invisible. A home
folder as a whole, its hidden settings and its credentials are never among them.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gitbuddy.sandboxes.installs import CACHES, INSTALLS, PARTS, PRIVATE, VARIABLES
from gitbuddy.values import Mounts

SYSTEM = tuple(
    Path(name)
    for name in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives", "/nix/store")
)
"""Visible in every sandbox; nothing of a user lives there."""

_DISTRIBUTION = tuple(Path(name) for name in ("/usr/bin", "/usr/sbin", "/bin", "/sbin"))
_TOO_BROAD = tuple(
    map(Path, ("/", "/home", "/root", "/etc", "/var", "/run", "/opt", "/mnt", "/srv", "/proc", "/dev", "/sys"))
)


@dataclass(frozen=True, slots=True)
class Toolchain:
    """`programs` are PATH's usable folders in order, `folders` what has to be visible for them, outside of `SYSTEM`."""

    programs: tuple[Path, ...]
    folders: tuple[Path, ...]
    variables: Mapping[str, str]
    homes: tuple[Path, ...]

    def path(self, mounts: Mounts) -> list[Path]:
        """PATH for a command: what lies inside the project is not trusted to be a tool."""
        return [folder for folder in self.programs if not _inside(folder, (mounts.at, mounts.worktree))]

    def visible(self, mounts: Mounts) -> list[Path]:
        """Folders to show beside `SYSTEM` and the mounts, parents first; with the interpreters behind mounted venvs."""
        bases = [part for folder in mounts.read_only for base in _bases(folder) for part in _parts(base)]
        bases = [part for part in bases if _narrow(part, self.homes)]
        project = (mounts.at, mounts.worktree)
        outside = [place for place in [*self.folders, *bases] if not _inside(place, project)]
        return _outermost(place for place in outside if not any(_inside(part, (place,)) for part in project))

    def which(self, program: str, mounts: Mounts) -> Path | None:
        """Host path of the file that `program` names inside; None if there is none."""
        if "/" in program:
            return _inside_project(program, mounts)
        for folder in [*dependency_programs(mounts.read_only), *self.path(mounts)]:
            if os.access(folder / program, os.X_OK) and (folder / program).is_file():
                return folder / program
        return None


def find_toolchain(environment: Mapping[str, str], home: Path) -> Toolchain:
    """Look at PATH once. `home` is the user's, to know what to show of it and what not."""
    homes = tuple(dict.fromkeys((home, home_of_record() or home)))
    programs = tuple(dict.fromkeys(Path(name) for name in environment.get("PATH", "").split(":") if _trusted(name)))
    found: list[Path] = []
    for folder in programs:
        found += _needed(folder, homes)
        caches = [cache for tool, caches in CACHES.items() if (folder / tool).exists() for cache in caches]
        found += [home / cache for home in homes for cache in caches]
    folders = tuple(_outermost(folder for folder in found if _narrow(folder, homes)))
    kept = tuple(folder for folder in programs if _inside(folder.resolve(), (*SYSTEM, *folders)))
    variables = {
        name: template.format(home)
        for home in reversed(homes)
        for name, (places, template) in VARIABLES.items()
        if any(_inside(folder, [home / place for place in places]) for folder in folders)
    }
    return Toolchain(kept, folders, variables, homes)


def home_of_record() -> Path | None:
    """The home folder in the password file: tools are installed there even when HOME says otherwise."""
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return None


def _trusted(name: str) -> bool:
    """Whether a PATH entry may name tools: absolute, a folder, and not open to everybody's writing."""
    folder = Path(name)
    try:
        return folder.is_absolute() and folder.is_dir() and not folder.stat().st_mode & stat.S_IWOTH
    except OSError:
        return False


def _needed(folder: Path, homes: tuple[Path, ...]) -> list[Path]:
    """What one PATH folder needs: a known install's parts, or itself, and whatever its links lead to."""
    installs = [(home, key, parts) for home in homes for key, parts in INSTALLS.items()]
    known = [home / part for home, key, parts in installs if _inside(folder, (home / key,)) for part in parts]
    linked = [place for entry in _links(folder) for place in _prefix(entry, homes)]
    if known:
        return [*known, *linked]
    if _inside(folder.resolve(), SYSTEM):
        return linked
    return [folder, folder.resolve(), *_prefix(folder / "program", homes), *linked]


def _links(folder: Path) -> list[Path]:
    """Where the links of a program folder lead, one hop and all hops, when that is outside the system's folders."""
    found = []
    if folder.resolve() in _DISTRIBUTION:
        return []  # thousands of links of the system's own, none leads elsewhere
    try:
        entries = [Path(entry) for entry in os.scandir(folder) if entry.is_symlink()]
    except OSError:
        return []
    for entry in entries:
        found += [Path(os.path.normpath(folder / entry.readlink())), entry.resolve()]
    return [target for target in found if not _inside(target, (*SYSTEM, folder))]


def _prefix(program: Path, homes: tuple[Path, ...]) -> list[Path]:
    """Parts of the install a program belongs to: those above its `bin`, or the file alone."""
    prefix = program.parent.parent
    someones = prefix in homes or prefix.name == ".local" or (prefix / ".git").exists()
    if program.parent.name == "bin" and not someones:
        return [*_parts(prefix), *(part for base in _bases(prefix) for part in _parts(base))]
    return [program] if program.is_file() else []


def _parts(prefix: Path) -> list[Path]:
    both = (prefix, prefix.resolve())  # programs name their files by either path
    return [folder / part for folder in both for part in PARTS if (folder / part).exists()]


def _bases(venv: Path) -> list[Path]:
    """Prefixes of the interpreter behind a virtual environment, as its `pyvenv.cfg` names it and after links."""
    try:
        lines = (venv / "pyvenv.cfg").read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    homes = [Path(value.strip()) for key, _, value in (line.partition("=") for line in lines) if key.strip() == "home"]
    python = (venv / "bin" / "python").resolve()
    prefixes = [place for home in homes for place in (home.parent, home.resolve().parent)] + [python.parent.parent]
    return [place for place in prefixes if place.is_dir() and not _inside(place, SYSTEM)]


def _narrow(place: Path, homes: tuple[Path, ...]) -> bool:
    """Whether a place may be shown: not half the machine, not what holds the home folder, nothing private."""
    if place in _TOO_BROAD or any(_inside(home, (place,)) for home in homes) or _inside(place, SYSTEM):
        return False
    return place.exists() and not _inside(place, [home / name for home in homes for name in PRIVATE])


def _inside(path: Path, folders: Iterable[Path]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _outermost(folders: Iterable[Path]) -> list[Path]:
    """Sorted, without folders that lie in another one of them."""
    kept: list[Path] = []
    for folder in sorted(set(folders)):
        if not _inside(folder, kept):
            kept.append(folder)
    return kept


def _inside_project(program: str, mounts: Mounts) -> Path | None:
    path = (
        mounts.worktree / os.path.relpath(program, mounts.at) if program.startswith("/") else mounts.worktree / program
    )
    if not _inside(Path(os.path.normpath(path)), (mounts.worktree,)):
        path = Path(program)
    return path if path.is_file() and os.access(path, os.X_OK) else None


def dependency_programs(folders: Sequence[Path]) -> list[Path]:
    """Folders of programs inside mounted dependency folders: a virtual environment's, npm's."""
    found = []
    for folder in folders:
        if (folder / "pyvenv.cfg").is_file():
            found.append(folder / "bin")
        if (folder / ".bin").is_dir():
            found.append(folder / ".bin")
    return found
