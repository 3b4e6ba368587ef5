"""The shims: what stands in a hooks folder in gitbuddy's name. Their text is in `hooks/` of the sources.

A shim carries a seal over its own text, so one that somebody has changed since is told from one that is as it was
written, by whatever version and for whatever Python.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from pathlib import Path
from typing import Final, Literal

from gitbuddy.errors import GitbuddyError

HOOKS: Final = ("pre-commit", "post-commit", "prepare-commit-msg")
"""The hooks gitbuddy has something to do in."""
GUARD: Final = "GITBUDDY_HOOK"
"""Set in the environment of what gitbuddy starts: a hook that finds it does nothing."""

PACKAGE: Final = Path(__file__).resolve().parent.parent
FOLDERS: Final = (PACKAGE / "hooks_data", PACKAGE.parent / "hooks")
"""Where the shims lie in an installed package, and in a checkout."""
MODULE: Final = PACKAGE / "__main__.py"
"""What a shim looks for to know that gitbuddy is still there."""
SEAL: Final = re.compile(rb"^# gitbuddy shim ([0-9a-f]{16}),", re.MULTILINE)

Whose = Literal["ours", "edited", "another's"]


def render(hook: str, python: str) -> bytes:
    """The shim for a hook, with the absolute path of the Python that has gitbuddy written in."""
    source = next((folder / hook for folder in FOLDERS if (folder / hook).is_file()), None)
    if source is None:
        raise GitbuddyError(f"the text of this hook is missing from the installation: {hook}", "install gitbuddy anew")
    text = source.read_bytes().replace(b"@PYTHON@", _quoted(python)).replace(b"@MODULE@", _quoted(str(MODULE)))
    return text.replace(b"@SEAL@", _seal(text), 1)


def whose(text: bytes) -> Whose:
    """Whether a hook is a shim as it was written, one that was changed since, or no shim."""
    found = SEAL.search(text)
    if found is None:
        return "another's"
    unsealed = text[: found.start(1)] + b"@SEAL@" + text[found.end(1) :]
    return "ours" if _seal(unsealed) == found[1] else "edited"


def command_line(hook: str, python: str) -> str:
    """The same as one line of shell for git's configuration; git itself adds the hook's arguments at its end."""
    gone = f"{{ test ! -x {shlex.quote(python)} && echo 'gitbuddy is gone from where its hook looks for it' >&2; }}"
    return f'test -n "${GUARD}" || {gone} || exec {shlex.quote(python)} -P -m gitbuddy hook run {hook}'


def _quoted(path: str) -> bytes:
    return shlex.quote(path).encode("utf-8", "surrogateescape")


def _seal(unsealed: bytes) -> bytes:
    return hashlib.sha256(unsealed).hexdigest()[:16].encode()
