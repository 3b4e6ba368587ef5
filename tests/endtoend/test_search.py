"""`git buddy run --kind fix` on a machine without a model, from the command line."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sample import Project, kill
from sandboxed import wait_for
from searched import CALC, CONFIG, TESTS

ON = {"GITBUDDY_MUTATE_SECONDS": "20", "OLLAMA_HOST": "http://127.0.0.1:9"}
UNKNOWN = CALC.replace("result + rebate", "sum(ord(c) for c in str(result))")


@pytest.fixture
def broken(project: Project) -> Project:
    project.repo.commit("break it", files={"calc.py": CALC, "test_calc.py": TESTS, ".buddy/config.toml": CONFIG})
    return project


def test_a_failing_test_is_mended_without_a_model(broken: Project, untouched: Callable[[], str]) -> None:
    untouched()

    ran = broken.buddy("run", "--kind", "fix", "Make the tests pass", extra=ON)

    assert ran.code == 0, ran.err
    (branch,) = broken.branches()
    assert broken.content(branch) == CALC.replace("result + rebate", "result - rebate")
    assert "note      no model is there to ask, so only what needs none is tried" in ran.err
    assert " small edits, " in ran.err
    assert broken.server.requests == []


def test_the_record_shows_every_repair_that_passed(broken: Project) -> None:
    broken.buddy("run", "--kind", "fix", "Make the tests pass", extra=ON)

    (job,) = broken.repo.git("for-each-ref", "--format=%(refname:lstrip=-1)", "refs/buddy/v1/jobs").split()
    reply = broken.repo.git("show", f"refs/buddy/v1/jobs/{job[-2:]}/{job}:attempts/1/reply.txt")
    assert "suspicious lines, the most suspicious first:\n  calc.py:" in reply
    assert "+    return   result - rebate  # keep   this" in reply


def test_where_the_search_finds_nothing_the_model_is_told_where_it_looked(broken: Project) -> None:
    broken.repo.commit("break it more", files={"calc.py": UNKNOWN})
    right = UNKNOWN.replace("sum(ord(c) for c in str(result))", "result - rebate")
    broken.answer(f"calc.py\n```python\n{right}```\n")

    ran = broken.buddy("run", "--kind", "fix", "Make the tests pass", extra={"GITBUDDY_MUTATE_SECONDS": "3"})

    assert ran.code == 0, ran.err
    prompt = json.dumps(broken.server.requests[-1], default=str)
    assert "The failing tests run these lines, the most suspicious first" in prompt
    assert "calc.py:6: return" in prompt


def events(process: subprocess.Popen[bytes]) -> Iterator[Mapping[str, Any]]:
    assert process.stderr
    for line in process.stderr:
        yield json.loads(line)


def test_ctrl_c_keeps_what_was_found(broken: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ON.items():
        monkeypatch.setenv(name, value)
    with broken.start("run", "--kind", "fix", "--log-format", "json", "Make the tests pass") as process:
        seen = events(process)
        assert any(event["event"] == "search_progress" and event["survivors"] for event in seen)
        process.send_signal(signal.SIGINT)
        over = next(event for event in seen if event["event"] == "search_complete")

        assert over["reason"] == "interrupted"
        assert process.wait(60) == 0
    assert len(broken.branches()) == 1


def test_ctrl_c_before_anything_was_found_ends_the_job(broken: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    broken.repo.commit("break it more", files={"calc.py": UNKNOWN})
    for name, value in ON.items():
        monkeypatch.setenv(name, value)
    with broken.start("run", "--kind", "fix", "--log-format", "json", "Make the tests pass") as process:
        assert any(event["event"] == "search_progress" for event in events(process))
        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 130
    assert broken.branches() == []


def at_work_in(folder: Path) -> list[int]:
    """Processes whose current folder is this one; within a sandbox it has the same path."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                here = (entry / "cwd").readlink()
            except OSError:
                continue
            found += [int(entry.name)] if here == folder else []
    return found


def test_kill_nine_in_a_search_leaves_nothing_behind(
    broken: Project, untouched: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ON.items():
        monkeypatch.setenv(name, value)
    untouched()
    process = broken.start("run", "--kind", "fix", "--log-format", "json", "Make the tests pass")
    assert any(event["event"] == "search_progress" for event in events(process))

    kill(process)

    assert wait_for(lambda: not at_work_in(broken.repo.path))
    assert broken.branches() == []
    assert broken.buddy("run", "--kind", "fix", "Make the tests pass").code == 0
    assert len(broken.branches()) == 1
    assert broken.repo.git("for-each-ref", "refs/buddy/v1/pin") == ""
