"""Which paths git ignores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gitbuddy.git.run import run_git_code


def ignored(
    paths: Iterable[bytes], top: Path, environment: Mapping[str, str] | None = None, hold: tuple[int, ...] = ()
) -> set[bytes]:
    """Those of `paths` (relative to `top`) that git ignores there; what is tracked does not matter.

    `environment` and `hold` are passed on to git.
    """
    # check-ignore reads each line as a pathspec and refuses to take it literally; a leading ./ keeps a colon harmless.
    query = b"".join(b"./" + path + b"\0" for path in paths)
    if not query:
        return set()
    literal = {**(environment or {}), "GIT_LITERAL_PATHSPECS": "0"}
    command = ["check-ignore", "-z", "--stdin", "--no-index"]
    _, out = run_git_code(command, cwd=top, stdin=query, environment=literal, hold=hold)
    return {path.removeprefix(b"./") for path in out.split(b"\0")[:-1]}
