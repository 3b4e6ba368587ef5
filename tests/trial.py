"""A small project, and candidates for it through the real guard and the real gate in a real sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from gitbuddy import wiring
from gitbuddy.config import GuardSettings
from gitbuddy.core.apply import apply
from gitbuddy.core.evidence import Checked
from gitbuddy.core.guard import guard
from gitbuddy.errors import Rejected
from gitbuddy.gate.bench import Bench
from gitbuddy.gate.gate import Examined, Gate
from gitbuddy.git.worktree import Slot
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Accepted, DeleteFile, Edit, Event, Kind, Origin, Refused, Task, Verdict, WriteFile

CALC = "def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return a * 2\n"
RIGHT = CALC.replace("a - b", "a + b")
TESTS = """\
from calc import add, double


def test_add():
    assert add(2, 3) == 5


def test_double():
    assert double(4) == 8
"""
PYTEST = '[checks.test]\ncommand = ["python3", "-m", "pytest", "-q"]\nkind = "test"\ntimeout = 30\n'
PROJECT: Mapping[str, str] = {"calc.py": CALC, "test_calc.py": TESTS, ".buddy/config.toml": PYTEST}
OPEN = GuardSettings(allow=("**",))
"""A project that protects nothing: what remains is the gate's affair."""


@dataclass
class Trial:
    """One project at one base; `events` are those of the gate, in order."""

    repo: RepoBuilder
    task: Task
    gate: Gate
    events: list[Event] = field(default_factory=list)
    baseline: Checked | None = None

    @property
    def slot(self) -> Slot:
        return self.gate.bench.slot

    def examine(self, files: Mapping[str, str | None]) -> Examined | Refused:
        """What becomes of a candidate that writes these files (None removes one); the baseline is measured once."""
        base = self.measured()
        edits: list[Edit] = [DeleteFile(p) if text is None else WriteFile(p, text) for p, text in files.items()]
        try:
            patch = apply(edits, self.slot.read)
            named = replace(self.task, files=self.task.files or patch.paths)
            allowed = guard(patch, named, OPEN, self.slot.tracked, self.slot.read)
        except Rejected as rejected:
            return rejected.refused
        tree = self.gate.bench.slot.base_tree[:-8] + f"{len(self.events):08x}"
        examined = replace(self.gate, task=named).examine(allowed, tree, base)
        self.baseline = examined.baseline
        return examined

    def judge(self, files: Mapping[str, str | None]) -> Verdict:
        examined = self.examine(files)
        return examined if isinstance(examined, Refused) else examined.verdict

    def reason(self, files: Mapping[str, str | None]) -> str:
        """ "accepted", or the reason code."""
        verdict = self.judge(files)
        return "accepted" if isinstance(verdict, Accepted) else verdict.reason

    def measured(self) -> Checked:
        if self.baseline is None:
            self.baseline = self.gate.baseline()
        return self.baseline

    def phases(self) -> list[str]:
        """What was run, in order."""
        return [str(event.data["phase"]) for event in self.events if event.name == "verification_start"]


Given = Callable[..., Trial]


@contextmanager
def trials(folder: Path) -> Iterator[Given]:
    """Make a trial in `folder`, once: `given(project, kind, **fields of the task)`."""
    with ExitStack() as stack:

        def given(project: Mapping[str, str] = PROJECT, /, kind: Kind = Kind.FIX, **fields: object) -> Trial:
            repo = RepoBuilder(folder / "project")
            base = repo.commit("start", files=dict(project))
            events: list[Event] = []
            session = open_session(str(repo.path), {}, events.append)
            task = replace(Task(kind, "Make it right.", base, Origin("cli", base)), **fields)  # type: ignore[arg-type]  # fields of a Task by name
            means = wiring.means_of(session, task, folder / "checks")
            slot = stack.enter_context(means.pool.slot(base))
            bench = Bench(slot, means.runner, means.checks, means.project)
            return Trial(repo, task, Gate(task, bench, events.append), events)

        yield given
