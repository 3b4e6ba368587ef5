"""What besides the tree decides how a check ends: the program, its dependencies, the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from gitbuddy.values import Mounts

_PROGRAM_FOLDERS = ("bin", ".bin")
_DEPENDENCY_FILES = ("pyvenv.cfg", ".package-lock.json", ".yarn-state.yml", ".modules.yaml", ".yarn-integrity")
_LIBRARIES = ("lib/python3*/site-packages", "lib/python3*/dist-packages")
_BESIDE = ("version", "settings.toml")  # pyenv's and rustup's choice behind their one program


def fingerprint(program: str, mounts: Mounts) -> list[str]:
    """Facts that change when an update or an installation may change the result. Times and sizes, no contents."""
    system = os.uname()
    facts = [system.sysname, system.release, system.machine, os.environ.get("PATH", "")]
    return [
        *facts,
        *_program(program, mounts),
        *(fact for folder in mounts.read_only for fact in _dependencies(folder)),
    ]


def _program(program: str, mounts: Mounts) -> Iterator[str]:
    own = [str(folder / name) for folder in mounts.read_only for name in _PROGRAM_FOLDERS]
    found = shutil.which(program, path=":".join([*own, os.environ.get("PATH", "")]))
    if found is None:
        yield f"{program}: none"
        return
    named, real = Path(found), Path(found).resolve()
    yield str(named)
    yield _state(real)
    for prefix in {named.parent.parent, real.parent.parent}:
        yield from (_state(prefix / name) for name in _BESIDE)
        yield from (_state(folder) for pattern in _LIBRARIES for folder in sorted(prefix.glob(pattern)))


def _dependencies(folder: Path) -> Iterator[str]:
    yield _state(folder)
    yield from (_state(folder / name) for name in _DEPENDENCY_FILES)
    yield from (_state(library) for pattern in _LIBRARIES for library in sorted(folder.glob(pattern)))


def _state(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return f"{path}: none"
    return f"{path}: {status.st_size} {status.st_mtime_ns}"
