"""The one place that starts the `git` program.

Every call runs in an envelope: no `GIT_*` of the parent leaks in (inside a hook they point at the user's index), and
no hook, fsmonitor, garbage collection, signing, submodule, network or prompt takes part.
Only `run_as_the_user` is what its name says.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypedDict, Unpack

from gitbuddy.errors import GitbuddyError

OVERRIDES: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.fsync=committed",
    "safe.bareRepository=explicit",
    "gc.auto=0",
    "maintenance.auto=false",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "log.showSignature=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "transfer.fsckObjects=true",
    "i18n.logOutputEncoding=UTF-8",
    "worktree.useRelativePaths=false",
)
"""Configuration of every call; it wins over the files of the system, the user and the repository."""

OFFLINE: Final = ("protocol.allow=never",)
ONLINE: Final = (
    *OFFLINE,
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "protocol.file.allow=always",
)

KEPT: Final = frozenset(
    {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"}
    | {f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL", "DATE")}
)
"""The parent's variables that still mean something here: where the user's configuration is, and who they are."""

KEPT_ONLINE: Final = frozenset(
    {"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_ALLOW_PROTOCOL", "GIT_SSL_CAINFO"}
)

ENVELOPE: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
}


class GitFailed(GitbuddyError):
    """git ended with a code that was not expected. `words` is what it said on stderr."""

    def __init__(self, arguments: Sequence[str], exit_code: int, words: str) -> None:
        self.arguments = tuple(arguments)
        self.git_exit_code = exit_code
        self.words = words
        said = words.strip().splitlines() or [f"exit code {exit_code}"]
        reason = next((line for line in said if line.startswith(("fatal:", "error:"))), said[-1])
        name = arguments[0] if arguments else ""
        hint = f"see what git itself says: {' '.join(['git', *arguments])[:300]}"
        super().__init__(f"git {name} failed: {reason}", hint)


class Options(TypedDict, total=False):
    """How git is run. All may be left out."""

    cwd: Path
    git_dir: Path
    stdin: bytes
    timeout: float
    """Seconds; 120 when not given."""
    environment: Mapping[str, str]
    """Added to the envelope."""
    ok: Sequence[int]
    """Exit codes that are answers."""
    network: bool
    """Let git speak https, ssh and to local repositories."""
    hold: Sequence[int]
    """File descriptors the child keeps open: a lock then lives as long as the last process that works under it."""


def run_git(arguments: Sequence[str], **options: Unpack[Options]) -> bytes:
    """Run git and return its stdout; raises `GitFailed` on an exit code outside `ok` ((0,)) and when time is up."""
    options.setdefault("ok", (0,))
    return run_git_code(arguments, **options)[1]


def run_git_code(arguments: Sequence[str], **options: Unpack[Options]) -> tuple[int, bytes]:
    """As `run_git`, for commands whose exit code is an answer: (exit code, stdout); `ok` is (0, 1) here."""
    child = _start(arguments, options)
    out, err = _finish(child, options.get("stdin", b""), options.get("timeout", 120.0), arguments)
    if child.returncode not in options.get("ok", (0, 1)):
        raise GitFailed(arguments, child.returncode, err.decode("utf-8", "replace"))
    return child.returncode, out


def run_as_the_user(arguments: Sequence[str], *, cwd: Path, stdin: bytes) -> int:
    """Run git as the user would, for what they asked for by name: their whole environment, hooks, signing, terminal.

    What it says goes where our own words go; returns its exit code.
    """
    try:
        return subprocess.run([git_program(), *arguments], cwd=cwd, input=stdin, check=False).returncode
    except OSError as error:
        raise GitFailed(arguments, -1, str(error)) from error


def _start(arguments: Sequence[str], options: Options) -> subprocess.Popen[bytes]:
    network = options.get("network", False)
    try:
        return subprocess.Popen(
            [git_program(), *_settings(network), *_location(options), *arguments],
            cwd=options.get("cwd"),
            env=_environment(network) | dict(options.get("environment", {})),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
            pass_fds=tuple(options.get("hold", ())),
        )
    except OSError as error:  # its folder is gone, no file handle is left, ...
        raise GitFailed(arguments, -1, str(error)) from error


def _finish(child: subprocess.Popen[bytes], stdin: bytes, timeout: float, words: Sequence[str]) -> tuple[bytes, bytes]:
    with child:
        try:
            return child.communicate(stdin, timeout)
        except subprocess.TimeoutExpired as error:
            _kill(child)
            raise GitFailed(words, -signal.SIGKILL, f"no end after {timeout:g} seconds") from error
        except BaseException:  # Ctrl-C included: nothing we started may outlive us
            _kill(child)
            raise


def _kill(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        child.kill()


def _settings(network: bool) -> list[str]:
    pairs = (*OVERRIDES, *(ONLINE if network else OFFLINE))
    return [word for pair in pairs for word in ("-c", pair)]


def _location(options: Options) -> list[str]:
    return [f"--git-dir={options['git_dir']}"] if "git_dir" in options else []


def _environment(network: bool) -> dict[str, str]:
    """The parent's environment without its `GIT_*`, but for the few that are kept by name."""
    kept = KEPT | KEPT_ONLINE if network else KEPT
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in kept}
    return inherited | ENVELOPE


@cache
def git_program() -> str:
    """Absolute path of git. Relative entries of PATH are passed over: a repository must not bring its own git."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(folder).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None:
        raise GitbuddyError("git is not on the PATH", "install git 2.33 or newer")
    return found
