"""`git buddy doctor`: what works is said, what does not comes with its fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sample import MODEL, Project

Again = Callable[[], str]


def findings(
    project: Project, *arguments: str, cwd: Path | None = None, **environment: str
) -> dict[str, dict[str, str]]:
    ran = project.buddy("doctor", "--json", *arguments, cwd=cwd, extra=environment)

    return {finding["subject"]: finding for finding in ran.json()}


def test_a_healthy_machine_is_all_ok(project: Project, untouched: Again, require: Callable[[str], str]) -> None:
    require("bwrap")

    found = findings(project)

    assert {subject: finding["mark"] for subject, finding in found.items()} == dict.fromkeys(
        ("python", "git", "libgit2", "sandbox", "repository", "models", "checks"), "ok"
    )
    assert MODEL in found["models"]["words"]
    assert found["checks"]["words"].startswith("test: python3")


def test_a_model_server_that_is_down_is_a_note_with_a_fix(project: Project, untouched: Again) -> None:
    found = findings(project, OLLAMA_HOST="http://127.0.0.1:9")

    assert (found["models"]["mark"], bool(found["models"]["fix"])) == ("note", True)


def test_a_configured_model_that_is_not_there_is_named(project: Project, untouched: Again) -> None:
    project.repo.git("config", "buddy.tiers", "fast")
    project.repo.git("config", "buddy.tier.fast.model", "absent:7b")
    untouched()

    found = findings(project)

    assert (found["models"]["mark"], found["models"]["fix"]) == ("note", "ollama pull absent:7b")


@pytest.mark.parametrize(
    ("proposer", "setting", "value", "words"),
    [
        ("ollama", "endpoint", "http://127.0.0.1:9", "no model server answers"),
        ("openai", "endpoint", "http://127.0.0.1:9", "no model server answers"),
        ("embedded", "model", "/etc/hostname", "this is not a GGUF file"),
    ],
)
def test_every_tier_that_asks_a_model_is_looked_at(
    project: Project, untouched: Again, proposer: str, setting: str, value: str, words: str
) -> None:
    settings = {"model": MODEL, "proposer": proposer, setting: value}
    project.repo.git("config", "buddy.tiers", "fast")
    for name, chosen in settings.items():
        project.repo.git("config", f"buddy.tier.fast.{name}", chosen)
    untouched()

    found = findings(project)

    assert found["models"]["mark"] == "note"
    assert found["models"]["words"].startswith(words)
    assert found["models"]["fix"]


def test_a_project_without_checks_is_told_how_to_name_one(project: Project, untouched: Again) -> None:
    project.repo.git("rm", "--quiet", ".buddy/config.toml", "test_calc.py")
    project.repo.commit("no checks", files={})
    untouched()

    ran = project.buddy("doctor")

    assert ran.code == 1
    assert "BAD  checks" in ran.out
    assert "fix: name one in .buddy/config.toml: [checks.test]" in ran.out


def test_outside_a_repository_the_rest_is_still_examined(project: Project, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()

    found = findings(project, cwd=tmp_path / "plain")

    assert (found["git"]["mark"], found["repository"]["mark"]) == ("ok", "BAD")
    assert found["repository"]["fix"]


def test_a_cache_that_takes_no_worktree_is_bad_before_a_job_meets_it(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    found = findings(project, XDG_CACHE_HOME=str(tmp_path / "file"))

    assert (found["cache"]["mark"], "buddy.cache" in found["cache"]["fix"]) == ("BAD", True)
