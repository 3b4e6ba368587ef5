"""JavaScript runners behind a command: which one it starts, and where further options go."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from gitbuddy.checks import reports

_SHELL = re.compile(r"[&|;<>()$`\\\n*?{}#~!]")
"""What makes a script more than one command with plain words."""
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_WRAPPERS = frozenset({"npx", "c8", "nyc", "cross-env", "env"})
_RUNNERS = {"vitest": "vitest", "vitest.mjs": "vitest", "jest": "jest", "jest.js": "jest"}
_NOT_TESTS = frozenset({"list", "bench", "init", "watch", "dev", "--watch", "--watchAll", "-w", "--json", "--init"})
"""Words with which a runner does something else than running its tests once."""
_OWN_REPORTERS = ("--test-reporter", "--reporter", "--reporters", "--outputFile", "-o")
_INSIDE = Path(reports.__file__).parent.parent / "inside"


def behind(script: str) -> str:
    """The runner that an npm script starts: `node`, `vitest`, `jest`; empty for another one and for more commands."""
    if _SHELL.search(script):
        return ""
    try:
        return started(shlex.split(script))
    except ValueError:
        return ""


def started(command: Sequence[str]) -> str:
    """The runner that a command starts, after what wraps it; empty if it is none, or has reporters of its own."""
    words = _unwrapped(command)
    if not words or _NOT_TESTS.intersection(words) or any(word.startswith(_OWN_REPORTERS) for word in words):
        return ""
    if PurePosixPath(words[0]).name == "node":
        return _of_node(words, command)
    return _RUNNERS.get(PurePosixPath(words[0]).name, "")


def _of_node(words: Sequence[str], command: Sequence[str]) -> str:
    options = [word for word in words[1:] if word.startswith("-")]
    program = next((word for word in words[1:] if not word.startswith("-")), "")
    if "--test" in options:
        # We say what we need by NODE_OPTIONS, and a command that sets it would undo that.
        return "" if any(word.startswith("NODE_OPTIONS=") for word in command) else "node"
    return _RUNNERS.get(PurePosixPath(program).name, "")


def _unwrapped(command: Sequence[str]) -> Sequence[str]:
    """Without assignments and wrappers in front. Options of a wrapper that take a value must be written with `=`."""
    words = list(command)
    while words and (_ASSIGNMENT.match(words[0]) or PurePosixPath(words[0]).name in _WRAPPERS):
        wrapper = words.pop(0)
        while words and words[0].startswith("-") and not _ASSIGNMENT.match(wrapper):
            words.pop(0)
    return words


def extended(command: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    """The command with options for the runner; npm hands on what stands behind `--`."""
    npm = PurePosixPath(command[0]).name == "npm" and "--" not in command
    return (*command, *(("--",) if npm else ()), *options)


def bring(tools: Path, name: str) -> Path:
    """Copy a reporter into the folder of tools."""
    target = tools / name
    target.write_bytes((_INSIDE / name).read_bytes())
    return target
