"""Cases A69 to A74: your checkout is yours, and the queue cannot be corrupted.

The pre-commit hook of the first three is not there yet; what they ask of it holds for the engine already.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sample import CALC, RIGHT, Project, kill
from trial import PROJECT, PYTEST, Given
from trial import RIGHT as TRIAL_RIGHT

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.objects import Blob
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.testing.ollama_server import Reply
from gitbuddy.values import Kind, Origin, Task

Again = Callable[[], str]
FIX = ("run", "--kind", "fix", "-f", "calc.py", "Make add add.")


def dirty(project: Project) -> None:
    """A partly staged file, an intent to add, an untracked file, and a stash."""
    repo = project.repo
    repo.write({"calc.py": CALC + "\nSTASHED = 1\n"})
    repo.git("stash", "push", "--quiet")
    repo.write({"calc.py": CALC + "\nSTAGED = 1\n", "intended.py": "x = 1\n", "untracked.txt": "u\n"})
    repo.git("add", "calc.py")
    repo.git("add", "--intent-to-add", "intended.py")
    repo.write({"calc.py": CALC.replace("a - b", "a - b - 0") + "\nSTAGED = 1\nUNSTAGED = 2\n"})


def test_a69_a_half_staged_checkout_is_left_as_it_is(project: Project, untouched: Again) -> None:
    dirty(project)
    untouched()

    ran = project.buddy(*FIX)

    assert ran.code == 0, ran.err
    assert len(project.branches()) == 1


def test_a70_a_job_that_is_killed_leaves_the_checkout_as_it_is(project: Project, untouched: Again) -> None:
    dirty(project)
    untouched()
    project.answer(Reply(RIGHT, delay=5))
    process = project.start(*FIX, "--log-format", "json")
    assert process.stderr
    for line in process.stderr:
        if b"model_call_start" in line:
            break

    kill(process)


def _merging(project: Project) -> None:
    project.repo.git("checkout", "--quiet", "-b", "other")
    project.repo.commit("theirs", files={"calc.py": CALC + "\nA = 1\n"})
    project.repo.git("checkout", "--quiet", "main")
    project.repo.commit("ours", files={"calc.py": CALC + "\nA = 2\n"})
    subprocess.run(["git", "merge", "other"], cwd=project.repo.path, capture_output=True)


def _rebasing(project: Project) -> None:
    _merging(project)
    subprocess.run(["git", "merge", "--abort"], cwd=project.repo.path, check=True)
    subprocess.run(["git", "rebase", "other"], cwd=project.repo.path, capture_output=True)


def _bisecting(project: Project) -> None:
    project.repo.commit("more", files={"more.py": "x = 1\n"})
    project.repo.git("bisect", "start")
    project.repo.git("bisect", "bad")


@pytest.mark.parametrize("begin", [_merging, _rebasing, _bisecting])
def test_a71_in_the_middle_of_something_the_checkout_is_left_as_it_is(
    project: Project, untouched: Again, begin: Callable[[Project], None]
) -> None:
    begin(project)
    untouched()

    ran = project.buddy(*FIX, "--base", "main~1" if begin is _merging else "main")

    assert ran.code == 0, ran.err
    assert "in progress" in ran.err


def test_a71_what_git_tells_its_hooks_redirects_nothing(project: Project, untouched: Again) -> None:
    git = project.repo.path / ".git"
    hook = {"GIT_DIR": str(git), "GIT_INDEX_FILE": str(git / "index"), "GIT_WORK_TREE": str(project.repo.path)}

    ran = project.buddy(*FIX, extra={**hook, "GIT_PREFIX": "", "GIT_EXEC_PATH": "/nowhere"})

    assert ran.code == 0, ran.err


def test_a72_configuration_that_loads_code_runs_in_the_sandbox(given: Given, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    plugin = f"import pathlib\ntry:\n    pathlib.Path({str(proof)!r}).write_text('x')\nexcept OSError:\n    pass\n"
    plugin += "pathlib.Path('loaded.log').write_text('x')\n"
    config = PYTEST.replace('"-q"', '"-q", "-p", "local_plugin"')
    trial = given({**PROJECT, "local_plugin.py": plugin, ".gitignore": "*.log\n", ".buddy/config.toml": config})

    assert trial.reason({"calc.py": TRIAL_RIGHT}) == "accepted"
    assert (trial.slot.path / "loaded.log").exists()
    assert not proof.exists()


@pytest.fixture
def repo(project: Project) -> Repo:
    return Repo.open(project.repo.path)


def _task(repo: Repo, text: str = "x") -> Task:
    return Task(Kind.CHANGE, text, repo.head(), Origin("cli", repo.head()))


DAMAGE: dict[str, tuple[dict[str, bytes | None], str]] = {
    "bad JSON": ({"state.json": b"{"}, "not valid JSON"),
    "a newer version": ({"state.json": b'{"version": 99}'}, "written by a newer gitbuddy"),
    "a huge blob": ({"state.json": b" " * (5 << 20)}, "too large"),
    "nothing": ({"task.json": None}, "task.json is missing"),
    "another content": ({"task.json": b'{"version": 1, "id": "x"}'}, "damaged"),
}


@pytest.mark.parametrize(("files", "words"), DAMAGE.values(), ids=DAMAGE)
def test_a73_a_damaged_record_is_named_and_left(repo: Repo, files: dict[str, bytes | None], words: str) -> None:
    records = Records(repo)
    job = records.enqueue(_task(repo))
    blobs = {path: None if data is None else Blob(data) for path, data in files.items()}
    tree = repo.objects.write_tree(job.tip, blobs)
    damaged = repo.commit_tree(tree, [job.tip], "damaged")
    name = f"refs/buddy/v1/jobs/{job.id[-2:]}/{job.id}"
    assert repo.refs.move(name, job.tip, damaged, "test")

    uses: tuple[Callable[[], object], ...] = (
        lambda: records.get(job.id),
        lambda: records.enqueue(job.task),
        lambda: records.claim(job),
    )
    for use in uses:
        with pytest.raises(GitbuddyError, match=words):
            use()
    assert repo.refs.read(name) == damaged
    assert words in records.listing()[1][0]


CLAIM = """\
import sys
from pathlib import Path
from gitbuddy.errors import GitbuddyError
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
records = Records(Repo.open(Path(sys.argv[1])))
job = records.get(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
try:
    print(records.claim(job).epoch, flush=True)
    sys.stdin.readline()
except GitbuddyError as error:
    print("lost", flush=True)
"""


def test_a74_of_two_workers_one_proceeds(project: Project, repo: Repo) -> None:
    job = Records(repo).enqueue(_task(repo))
    command = [sys.executable, "-c", CLAIM, str(project.repo.path), job.id]
    pair = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=project.environment())
        for _ in range(2)
    ]
    said = []
    for step in range(2):
        for worker in pair:
            assert worker.stdout
            said.append(worker.stdout.readline().strip())
        for worker in pair if step == 0 else ():
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
    for worker in pair:
        worker.communicate("end\n", timeout=20)

    assert said[:2] == ["ready", "ready"]
    assert sorted(said[2:]) == ["1", "lost"]
