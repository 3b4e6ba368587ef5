"""Negative controls: names no code under test can know, and an exit code it cannot guess."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from gitbuddy.checks import inside

_CODES = range(64, 113)
"""Codes that no test runner ends with: between those of BSD's sysexits and those of shells and signals."""


def names() -> tuple[str, ...]:
    """Two names of tests."""
    return tuple(f"test_{secrets.token_hex(6)}" for _ in range(2))


def green() -> int:
    return secrets.choice(_CODES)


def bring(tools: Path, module: str) -> str:
    """Copy a module or package that runs inside into the folder of tools; the name by which it is imported there.

    The name is new each time: Python looks into the project's folder first, where a file of that name could lie.
    """
    name = f"{module}_{secrets.token_hex(6)}"
    _copy(module, tools / name)
    return name


def _copy(module: str, target: Path) -> None:
    source = Path(inside.__file__).parent / module
    if source.is_dir():
        target.mkdir()
        for file in source.glob("*.py"):
            (target / file.name).write_bytes(file.read_bytes())
    else:
        target.with_suffix(".py").write_bytes(source.with_suffix(".py").read_bytes())


def importable(command: Sequence[str]) -> bool:
    """Whether the Python of a command looks at PYTHONPATH, by which it finds what we bring along."""
    return not {"-I", "-E", "-IS", "-EP", "-PE"}.intersection(command)
