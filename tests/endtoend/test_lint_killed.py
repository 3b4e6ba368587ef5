"""`kill -9` at any moment of `fix-lint`, of the hook and of `apply`: the user's files are as they were, or whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from linted import MENDED, UNUSED
from sample import Project

CLOSED = {"OLLAMA_HOST": "http://127.0.0.1:9"}
TWO = {"one.py": UNUSED, "two.py": UNUSED}
CHANGES_DISK = "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fchmod,fsync,link,linkat,symlinkat"
STRIDE = 6
"""Every which of these system calls is tried: each costs a run."""

STOP = """\
import importlib, os, signal, sys
module, _, name = sys.argv[1].rpartition(".")
turn, after = int(sys.argv[2]), sys.argv[3] == "after"
try:
    place = importlib.import_module(module)
except ModuleNotFoundError:
    module, _, holder = module.rpartition(".")
    place = getattr(importlib.import_module(module), holder)
real, calls = getattr(place, name), 0
def stopped(*arguments, **options):
    global calls
    calls += 1
    if calls == turn and not after:
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*arguments, **options)
    if calls == turn:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(place, name, stopped)
sys.argv[:] = ["git-buddy", *sys.argv[4:]]
from gitbuddy.cli import main
main()
"""
"""Runs the command line and dies before or after the n-th call of a function."""

IN_PLACE = [
    ("gitbuddy.handwork.of_worktree", 1),
    ("gitbuddy.git.worktree.Pool._ready", 1),
    ("gitbuddy.mending.bench.Bench.mended", 1),
    ("gitbuddy.mending.bench.Bench.look", 2),
    ("gitbuddy.git.worktree.Pool._park", 1),
    ("gitbuddy.git.inplace._create", 1),
    ("gitbuddy.git.inplace._create", 2),
    ("gitbuddy.git.inplace._replace", 1),
    ("gitbuddy.git.inplace._replace", 2),
]
HOOK = [
    ("gitbuddy.git.snapshot._commit", 1),
    ("gitbuddy.mending.bench.Bench.mended", 1),
    ("gitbuddy.git.parked.park", 1),
]
TAKING = [
    ("gitbuddy.git.inplace._replace", 1),
    ("gitbuddy.git.taking._stage", 1),
    ("gitbuddy.git.parked.drop", 1),
]


def died(project: Project, place: tuple[str, int], when: str, arguments: Sequence[str]) -> None:
    """Run to the crash point, and no further."""
    done = subprocess.run(
        [sys.executable, "-c", STOP, place[0], str(place[1]), when, *arguments],
        cwd=project.repo.path,
        env=project.environment(CLOSED),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def others(project: Project) -> str:
    """Fingerprint of all that is the user's but the two files that may change."""
    now = {name: (project.repo.path / name).read_bytes() for name in TWO}
    project.repo.write(TWO)
    found = project.repo.manifest()
    project.repo.write(now)
    return found


def whole(project: Project) -> bool:
    return all((project.repo.path / name).read_text() in (UNUSED, MENDED) for name in TWO)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", IN_PLACE, ids=lambda place: f"{place[0].rpartition('.')[2]}-{place[1]}")
def test_in_place(lint: Project, place: tuple[str, int], when: str) -> None:
    lint.repo.write({**TWO, "untracked.txt": "mine\n"})
    lint.repo.git("add", "two.py")
    before = others(lint)

    died(lint, place, when, ["fix-lint", *TWO])

    assert others(lint) == before
    assert whole(lint)
    lint.buddy("fix-lint", *TWO, extra=CLOSED)
    assert all((lint.repo.path / name).read_text() == MENDED for name in TWO)
    assert others(lint) == before
    assert list((lint.repo.path / ".git/gitbuddy-new").iterdir()) == []
    assert lint.repo.git("fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("place", HOOK, ids=lambda place: place[0].rpartition(".")[2])
def test_in_the_hook(lint: Project, place: tuple[str, int]) -> None:
    lint.repo.git("config", "buddy.hookSeconds", "60")  # the death is looked at, and not the time
    lint.repo.write(TWO)
    lint.repo.git("add", *TWO)
    before = lint.repo.manifest()

    died(lint, place, "before", ["hook", "run", "pre-commit"])

    assert lint.repo.manifest() == before
    assert lint.buddy("hook", "run", "pre-commit", extra=CLOSED).code == 1
    assert lint.repo.manifest() == before


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", TAKING, ids=lambda place: place[0].rpartition(".")[2])
def test_while_a_proposal_is_taken(lint: Project, place: tuple[str, int], when: str) -> None:
    lint.repo.git("config", "buddy.hookSeconds", "60")  # the death is looked at, and not the time
    lint.repo.write(TWO)
    lint.repo.git("add", *TWO)
    lint.buddy("hook", "run", "pre-commit", extra=CLOSED)

    died(lint, place, when, ["apply"])

    assert whole(lint)
    assert {lint.repo.git("show", f":{name}") for name in TWO} <= {UNUSED, MENDED}
    lint.buddy("apply")
    assert [lint.repo.git("show", f":{name}") for name in TWO] == [MENDED, MENDED]
    assert [(lint.repo.path / name).read_text() for name in TWO] == [MENDED, MENDED]


def test_at_system_calls_that_change_the_disk(lint: Project, require: Callable[[str], str]) -> None:
    strace = require("strace")
    lint.repo.write(TWO)
    before = others(lint)
    inject = f"inject={CHANGES_DISK}:signal=KILL:when="
    for turn in range(1, 10_000, STRIDE):
        lint.repo.write(TWO)
        under = [strace, "-qq", "-o", "/dev/null", "-e", f"trace={CHANGES_DISK}", "-e", f"{inject}{turn}"]
        ran = lint.buddy("fix-lint", *TWO, under=under, extra=CLOSED)
        assert others(lint) == before, turn
        assert whole(lint), turn
        if ran.code == 1:
            break
    assert turn > 2 * STRIDE  # it did die in between
    assert all((lint.repo.path / name).read_text() == MENDED for name in TWO)


def within(*options: str) -> list[str]:
    return ["bwrap", "--dev-bind", "/", "/", *options]


def test_on_a_full_disk_the_file_stays(lint: Project, require: Callable[[str], str]) -> None:
    require("bwrap")
    lint.repo.write({"one.py": UNUSED + "# long\n" * 5000})
    staging = lint.repo.path / ".git/gitbuddy-new"
    staging.mkdir()
    before = lint.repo.manifest()

    ran = lint.buddy("fix-lint", "one.py", under=within("--size", "8192", "--tmpfs", str(staging)), extra=CLOSED)

    assert ran.code == 1
    assert "undone in one.py: it cannot be written: No space left on device" in ran.err
    assert lint.repo.manifest() == before


def test_in_a_tree_that_cannot_be_written_nothing_happens(lint: Project, require: Callable[[str], str]) -> None:
    require("bwrap")
    lint.repo.write({"one.py": UNUSED})
    top, before = str(lint.repo.path), lint.repo.manifest()

    ran = lint.buddy("fix-lint", "one.py", under=within("--ro-bind", top, top), extra=CLOSED)

    assert ran.code == 1
    assert ran.err.startswith("error: ")
    assert lint.repo.manifest() == before


def test_two_commits_at_once_have_a_proposal_each(lint: Project, tmp_path: Path) -> None:
    places = [tmp_path / "left", tmp_path / "right"]
    for place in places:
        lint.repo.git("worktree", "add", "--quiet", "--detach", str(place))
        (place / f"{place.name}.py").write_text(UNUSED)
        subprocess.run(["git", "add", "."], cwd=place, check=True)
    before = lint.repo.manifest()

    running = [
        subprocess.Popen(
            [sys.executable, "-m", "gitbuddy", "hook", "run", "pre-commit"],
            cwd=place,
            env=lint.environment(CLOSED),
            stderr=subprocess.PIPE,
        )
        for place in places
    ]
    said = [child.communicate(timeout=60)[1].decode() for child in running]

    assert [child.returncode for child in running] == [1, 1], said
    for place in places:
        assert lint.buddy("apply", cwd=place).out == f"mended      {place.name}.py\n"
        assert (place / f"{place.name}.py").read_text() == MENDED
    assert lint.repo.manifest() == before
