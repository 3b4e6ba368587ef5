"""A project with a bug, a model server that knows the answer, and the real command line in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply
from gitbuddy.testing.repo import RepoBuilder

MODEL = "qwen2.5-coder:7b"
CALC = "def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return a * 2\n"
TEST = "from calc import add, double\n\nassert double(4) == 8\nassert add(2, 3) == 5, add(2, 3)\nprint('fine')\n"
CONFIG = '[checks.test]\ncommand = ["python3", "-c", "import runpy; runpy.run_path(\'test_calc.py\')"]\nkind = "test"\n'
RIGHT = "calc.py\n```python\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n>>>>>>> REPLACE\n```\n"
WRONG = "calc.py\n```python\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a * b\n>>>>>>> REPLACE\n```\n"
BREAKING = "calc.py\n```python\n<<<<<<< SEARCH\n    return a * 2\n=======\n    return a * 3\n>>>>>>> REPLACE\n```\n"

BYTECODE = Path(tempfile.gettempdir()) / f"gitbuddy-tests-bytecode-{os.getuid()}"
NONE: Mapping[str, str] = {}


@dataclass
class Ran:
    """A finished `git buddy`."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def compiled() -> dict[str, str]:
    """The environment of a `git buddy`, which is compiled once for all tests, and never beside its sources."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(BYTECODE)}


@dataclass
class Project:
    """The repository under test, the replies its model will give, and the command line."""

    repo: RepoBuilder
    server: OllamaServer
    replies: list[Reply] = field(default_factory=list)

    def answer(self, *replies: str | Reply) -> None:
        """Set what the model says next; the last reply is repeated."""
        self.replies[:] = [Reply(reply) if isinstance(reply, str) else reply for reply in replies]

    def buddy(
        self,
        *arguments: str,
        stdin: str = "",
        cwd: Path | None = None,
        under: Sequence[str] = (),
        extra: Mapping[str, str] = NONE,
    ) -> Ran:
        """Run `git buddy`, below another program if `under` names one."""
        result = subprocess.run(
            [*under, sys.executable, "-m", "gitbuddy", *arguments],
            cwd=cwd or self.repo.path,
            env=self.environment(extra),
            input=stdin.encode(),
            capture_output=True,
            timeout=120,
            check=False,
        )
        ran = Ran(result.returncode, result.stdout.decode(), result.stderr.decode())
        assert "Traceback" not in ran.err, ran.err
        return ran

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `git buddy` and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "gitbuddy", *arguments],
            cwd=self.repo.path,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def environment(self, extra: Mapping[str, str] = NONE) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return compiled() | {"OLLAMA_HOST": self.server.url, "PATH": path} | dict(extra)

    def branches(self) -> list[str]:
        """The result branches."""
        return self.repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/buddy").split()

    def content(self, branch: str, path: str = "calc.py") -> str:
        return self.repo.git("show", f"{branch}:{path}")


@contextmanager
def projects(folder: Path) -> Iterator[Project]:
    """The buggy project, committed; its model gives the right answer unless told otherwise."""
    repo = RepoBuilder(folder / "project")
    repo.commit("start", files={"calc.py": CALC, "test_calc.py": TEST, ".buddy/config.toml": CONFIG})
    replies: list[Reply] = [Reply(RIGHT)]

    def script(_request: ChatRequest) -> Reply:
        return replies.pop(0) if len(replies) > 1 else replies[0]

    with OllamaServer(models=[MODEL], script=script) as server:
        yield Project(repo, server, replies)


@contextmanager
def left_alone(project: Project) -> Iterator[Callable[[], str]]:
    """Whatever is done, the user's checkout, index, stash, HEAD, config and hooks are as before.

    What is yielded takes the present state as the one to be kept.
    """
    before = [project.repo.manifest()]

    def again() -> str:
        before[0] = project.repo.manifest()
        return before[0]

    yield again

    assert project.repo.manifest() == before[0]
    assert project.repo.git("fsck", "--strict", "--no-dangling") == ""


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9`, by its id."""
    with process:
        process.send_signal(signal.SIGKILL)
