"""The one runner: its envelope, its errors, its end."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from given import given_repo, gone, start, wait_for_line

from gitbuddy.errors import GitbuddyError
from gitbuddy.git import run
from gitbuddy.git.run import GitFailed, git_program, run_git, run_git_code


def test_stdout_and_stdin_are_bytes(tmp_path: Path) -> None:
    given_repo(tmp_path)

    out = run_git(["-c", "core.autocrlf=false", "cat-file", "--batch"], cwd=tmp_path, stdin=b"HEAD:calc.py\n")

    assert out.endswith(b"return a - b\n\n")


def test_an_error_is_a_sentence_with_what_git_said(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="git rev-parse failed: fatal: not a git repository") as caught:
        run_git(["rev-parse", "HEAD"], cwd=tmp_path)

    assert isinstance(caught.value, GitbuddyError)
    assert caught.value.git_exit_code == 128
    assert "git rev-parse HEAD" in caught.value.hint


def test_an_exit_code_can_be_an_answer(tmp_path: Path) -> None:
    given_repo(tmp_path)

    assert run_git_code(["config", "no.such"], cwd=tmp_path) == (1, b"")


def test_variables_of_a_hook_do_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = given_repo(tmp_path / "here"), given_repo(tmp_path / "there")
    there.commit("another")
    monkeypatch.setenv("GIT_DIR", str(there.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(there.path / ".git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(there.path))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'alias.x=!false'")

    assert run_git(["rev-parse", "HEAD"], cwd=here.path).decode().strip() == here.head()


def test_no_hook_runs(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    builder.poison_hooks(tmp_path / "proof")
    run_git(["worktree", "add", "--quiet", "--detach", str(tmp_path / "tree")], cwd=builder.path)

    assert not (tmp_path / "proof").exists()


def test_settings_of_the_repository_start_no_program(tmp_path: Path) -> None:
    builder, proof = given_repo(tmp_path / "repo"), tmp_path / "proof"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{proof}'\n")
    program.chmod(stat.S_IRWXU)
    for key in ("core.fsmonitor", "core.pager", "core.editor", "gpg.program"):
        builder.git("config", key, str(program))
    run_git(["status"], cwd=builder.path)
    run_git(["log", "--show-signature"], cwd=builder.path)

    assert not proof.exists()


@pytest.mark.parametrize("url", ["ext::touch proof", "file://{path}", "https://127.0.0.1:9/x"])
def test_nothing_is_fetched_unless_the_network_is_allowed(tmp_path: Path, url: str) -> None:
    builder = given_repo(tmp_path / "repo")
    target = url.format(path=builder.path)

    with pytest.raises(GitFailed, match="not allowed"):
        run_git(["ls-remote", target], cwd=builder.path)


def test_with_the_network_a_local_repository_can_be_asked(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")

    assert builder.head().encode() in run_git(["ls-remote", str(builder.path)], cwd=tmp_path, network=True)


def test_replacements_are_not_seen(tmp_path: Path) -> None:
    builder = given_repo(tmp_path)
    first, second = builder.head(), builder.commit("other words")
    builder.git("replace", first, second)

    assert b"start" in run_git(["show", "--no-patch", "--format=%s", first], cwd=tmp_path)


def test_a_command_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    builder.git("config", "alias.hang", f"!echo $$ > '{tmp_path}/pid'; sleep 60")

    with pytest.raises(GitFailed, match=r"no end after 0\.5 seconds"):
        run_git(["hang"], cwd=builder.path, timeout=0.5)
    assert gone(int((tmp_path / "pid").read_text()))


def test_ctrl_c_ends_the_child(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    builder.git("config", "alias.hang", f"!echo $$ > '{tmp_path}/pid'; echo go >&2; sleep 60")
    program = (
        "import sys\nfrom pathlib import Path\nfrom gitbuddy.git.run import run_git\nprint('ready', flush=True)\n"
        "try:\n    run_git(['hang'], cwd=Path(sys.argv[1]))\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    process = start(program, builder.path)
    wait_for_line(process)
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)

    assert out == b"interrupted\n"
    assert gone(int((tmp_path / "pid").read_text()))


def test_git_is_not_taken_from_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\nexit 0\n")
    fake.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    git_program.cache_clear()

    assert git_program() != str(fake)
    assert Path(git_program()).is_absolute()


def test_without_git_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    git_program.cache_clear()
    try:
        with pytest.raises(GitbuddyError, match="git is not on the PATH"):
            git_program()
    finally:
        git_program.cache_clear()


def test_importing_the_runner_loads_nothing_heavy() -> None:
    program = "import sys, gitbuddy.git.run; print(sorted({'pygit2', 'pydantic', 'httpx'} & set(sys.modules)))"

    assert subprocess.check_output([sys.executable, "-c", program]) == b"[]\n"


def test_every_setting_of_the_envelope_is_a_pair() -> None:
    assert all(pair.count("=") == 1 for pair in (*run.OVERRIDES, *run.ONLINE))
