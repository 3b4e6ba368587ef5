"""Completion in real shells, for `git-buddy` and for `git buddy`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.cli.root import COMMANDS, COMPLETE

Require = Callable[[str], str]
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")

BASH = """
eval "$(git-buddy completion bash)"
ask() {
    COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMP_LINE="${*:2}" COMPREPLY=()
    COMP_POINT=${#COMP_LINE}
    "$1" && printf '%s\\n' "${COMPREPLY[@]}"
}
"""
ZSH = r"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1="> "; autoload -U compinit; compinit -D -u; eval "$(git-buddy completion zsh)"'
zpty -w z 'bindkey "^I" complete-word; zstyle ":completion:*" list-colors ""; echo re""ady'
zpty -r z seen '*ready*'
zpty -w -n z "$1"$'\t'
zpty -r z seen "*$2*"
print -r -- "$seen"
zpty -d z
"""


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """`git-buddy` is on the PATH, as after an installation."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "not found" not in done.stderr
    return done.stdout


CASES = [
    (["ru"], ["run"]),
    (["hook", ""], ["install", "status", "uninstall"]),
    (["task", "--kind", "fi"], ["fix", "fix-lint"]),
    (["task", "'a; b'", "--com"], ["--commit"]),
    (["xyz"], []),
]


@pytest.mark.parametrize(("words", "answers"), CASES)
def test_bash_completes_git_buddy_as_one_word(require: Require, words: list[str], answers: list[str]) -> None:
    out = run(require("bash"), "--norc", "-c", BASH + 'ask __git_buddy_program "$@"', "x", "git-buddy", *words)

    assert sorted(out.split()) == answers


@pytest.mark.parametrize(("words", "answers"), CASES)
@pytest.mark.parametrize("before", [[], ["-C", "/tmp"]], ids=["plain", "with an option of git"])
def test_bash_completes_git_buddy_as_two_words(
    require: Require, before: list[str], words: list[str], answers: list[str]
) -> None:
    """As git's completion calls it: `words` and `cword` are set."""
    call = 'words=("$@") cword=$(($# - 1)) COMPREPLY=(); _git_buddy; printf "%s\\n" "${COMPREPLY[@]}"'

    out = run(require("bash"), "--norc", "-c", BASH + call, "x", "git", *before, "buddy", *words)

    assert sorted(out.split()) == answers


@pytest.mark.skipif(not GIT_COMPLETION.exists(), reason="not installed: bash-completion's completion of git")
def test_bash_completes_it_through_gits_own_completion(require: Require) -> None:
    call = f'. {GIT_COMPLETION}; ask __git_wrap__git_main "$@"'

    assert run(require("bash"), "--norc", "-c", BASH + call, "x", "git", "buddy", "ru") == "run \n"
    assert run(require("bash"), "--norc", "-c", BASH + call, "x", "git", "budd") == "buddy \n"


@pytest.mark.parametrize("words", [["--kind", "=", "fi"], ["--kind=fi"]])
def test_bash_splits_a_word_at_the_equals_sign(require: Require, words: list[str]) -> None:
    out = run(require("bash"), "--norc", "-c", BASH + 'ask __git_buddy_program "$@"', "x", "git-buddy", "task", *words)

    assert sorted(out.split()) == ["fix", "fix-lint"]


@pytest.mark.parametrize("program", ["git-buddy", "git buddy", "git -C /tmp buddy"])
@pytest.mark.parametrize(("words", "answers"), CASES[:4])
def test_fish_completes_both(require: Require, program: str, words: list[str], answers: list[str]) -> None:
    call = 'git-buddy completion fish | source; complete -C "$argv[1]"'

    out = run(require("fish"), "-c", call, f"{program} {' '.join(words)}")

    assert [line.split("\t")[0] for line in out.splitlines()] == answers


@pytest.mark.parametrize("program", ["git-buddy", "git buddy"])
def test_zsh_completes_both(require: Require, program: str) -> None:
    """What is waited for would otherwise never come."""
    seen = run(require("zsh"), "-f", "-c", ZSH, "x", f"{program} hook ", "uninstall")

    assert [name for name in ("install", "status", "uninstall", "Install pre-commit") if name not in seen] == []
    assert run(require("zsh"), "-f", "-c", ZSH, "x", f"{program} task --kind docu", "ment")


def test_zsh_keeps_the_commands_that_the_user_told_it_of(require: Require) -> None:
    key = "':completion:*:*:git:*' user-commands"
    load = 'compdef() {}; eval "$(git-buddy completion zsh)"'
    told = f"zstyle {key} mine:'of the user'; {load}; {load}; zstyle -a {key} told; print -l $told"

    assert [line.split(":")[0] for line in run(require("zsh"), "-f", "-c", told).splitlines()] == ["mine", "buddy"]


def test_names_are_completed_without_loading_a_command() -> None:
    program = (
        "import atexit, sys; from gitbuddy.cli.root import run_command_line; "
        "heavy = {'pygit2', 'pydantic', 'httpx', 'rich', 'yaml'}; "
        "atexit.register(lambda: print(sorted(m for m in sys.modules if m in heavy or m.endswith('_command')))); "
        "run_command_line([])"
    )
    environment = os.environ | {COMPLETE: "bash_complete", "COMP_WORDS": "git-buddy ", "COMP_CWORD": "1"}

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)

    *answers, loaded = done.stdout.splitlines()
    assert answers == [f"plain,{name}" for name in COMMANDS]
    assert loaded == "[]"
