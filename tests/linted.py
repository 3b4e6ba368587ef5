"""A project with lint problems: what tools can mend, and what takes a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sample import MODEL, Project

from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply
from gitbuddy.testing.repo import RepoBuilder

RUFF = '[tool.ruff.lint]\nselect = ["E", "F", "W", "I"]\n'
UNUSED = "import os\nimport sys\n\n\ndef first(values):\n    return sys.argv, values[0]\n"
"""One complaint, which ruff mends."""
MENDED = "import sys\n\n\ndef first(values):\n    return sys.argv, values[0]\n"
BARE = "def load(path):\n    try:\n        return open(path).read()\n    except:\n        return ''\n"
"""One complaint (E722), which no tool mends."""
CAUGHT = BARE.replace("except:", "except OSError:")
REPLY = "bare.py\n```python\n<<<<<<< SEARCH\n    except:\n=======\n    except OSError:\n>>>>>>> REPLACE\n```\n"
CLEAN = "def second(values):\n    return values[1]\n"


@contextmanager
def linted(folder: Path) -> Iterator[Project]:
    """A repository with ruff set up and one clean file, committed; its model gives the right answer for `bare.py`."""
    repo = RepoBuilder(folder / "project")
    repo.commit("start", files={"pyproject.toml": RUFF, "clean.py": CLEAN})
    replies: list[Reply] = [Reply(REPLY)]

    def script(_request: ChatRequest) -> Reply:
        return replies.pop(0) if len(replies) > 1 else replies[0]

    with OllamaServer(models=[MODEL], script=script) as server:
        yield Project(repo, server, replies)
