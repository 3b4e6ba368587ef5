"""What the hook `prepare-commit-msg` adds to a new commit message: comments that explain the trailers of a task.

Only where git will take them out again: an editor opens on an empty message, and comments are stripped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.run import run_git_code

WORDS: Final = """\

To ask gitbuddy for something, end the message with a paragraph of these lines:
  Buddy-Task:  what is to be done, in a sentence
  Buddy-Kind:  change, generate, refactor, test, document, fix-lint, fix, translate or review
  Buddy-Files: the files it may touch; leave it out for any
`git buddy list` then shows it, `git buddy work` does it.
"""
NO_EDITOR: Final = ":"
"""What git names as the editor for hooks where none will be opened."""
KEEPING: Final = ("verbatim", "whitespace")
"""Values of `commit.cleanup` with which comments stay in the message."""
KEPT: Final = b"will be kept; you may remove them"
"""git's own words in a message whose comments stay, where only an option of the command said so."""
SCISSORS: Final = rb"-{2,} >8 -{2,}\n"


def explain(top: Path, file: Path, source: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Add the explanation to the message in `file`; whether it was added. Never raises for what it finds there.

    `source` is git's word for where the message comes from: "" for a new one; anything else is left alone.
    """
    if source or environment.get("GIT_EDITOR") == NO_EDITOR:
        return False
    with suppress(OSError, GitbuddyError):
        settings = _settings(top)
        if settings.get("commit.cleanup") in KEEPING:
            return False
        before = file.read_bytes()
        after = explained(before, _comment_sign(settings))
        if after != before:
            _replace(file, after)
            return True
    return False


def explained(message: bytes, sign: bytes) -> bytes:
    """A message with the comments in it, before git's own; below the scissors where they come first."""
    if b"Buddy-Task:" in message or KEPT in message:
        return message
    words = b"".join((sign + b" " + line).rstrip() + b"\n" for line in WORDS.encode().splitlines())
    first = re.search(rb"^" + re.escape(sign), message, re.MULTILINE)
    if first is None:
        head = message if message.endswith(b"\n") else message + b"\n"
        return head + words
    cut = re.compile(re.escape(sign) + rb" " + SCISSORS).match(message, first.start())
    place = cut.end() if cut else first.start()
    return message[:place] + (words if cut else words + sign + b"\n") + message[place:]


def _settings(top: Path) -> Mapping[str, str]:
    pattern = r"^(core\.comment(char|string)|commit\.cleanup)$"
    records = os.fsdecode(run_git_code(["config", "--null", "--get-regexp", pattern], cwd=top)[1]).split("\0")
    return dict(record.partition("\n")[::2] for record in records if record)


def _comment_sign(settings: Mapping[str, str]) -> bytes:
    # A git before 2.45 does not know the second name; nobody who has such a git sets it.
    sign = settings.get("core.commentstring") or settings.get("core.commentchar") or "#"
    return b"#" if sign == "auto" else os.fsencode(sign)  # an empty message leaves git its first choice


def _replace(file: Path, text: bytes) -> None:
    new = file.with_name(f"{file.name}.gitbuddy-new")
    new.unlink(missing_ok=True)
    try:
        new.write_bytes(text)
        new.chmod(file.stat().st_mode & 0o777)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
