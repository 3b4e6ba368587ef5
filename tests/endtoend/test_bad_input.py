"""Bad input, one line each: one clear message, what to do next, the right exit code, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sample import RIGHT, Project

from gitbuddy.testing.ollama_server import Reply

Again = Callable[[], str]
FIX = ("run", "--kind", "fix", "-f", "calc.py", "Make add add.")


def refused(project: Project, code: int, words: str, *arguments: str, stdin: str = "", **environment: str) -> None:
    """Run and expect a refusal: code, words in one error line, a hint, no result."""
    ran = project.buddy(*arguments, stdin=stdin, extra=environment)

    assert ran.code == code, ran.err
    errors = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, ran.err
    assert words in errors[0]
    assert "\nhint: " in ran.err
    assert project.branches() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run",), "name exactly one task"),
        (("run", "   "), "the task is empty"),
        (("run", "x" * 60_000), "longer than 50000 characters: 60000"),
        (("run", "x", "--base", "nowhere"), "nowhere"),
        (("run", "x", "--base", "--output=stolen"), "--output=stolen"),
        (("run", "x", "-f", "missing.py"), "no such file at the base commit: missing.py"),
        (("run", "x", "-f", "lib/*.py"), "no such file at the base commit: lib/*.py"),
        (("run", "x", "--check", "missing"), "a check that this project does not have: missing"),
        (("run", "x", "--task", "-"), "name exactly one task"),
        (("run", "--task", "/nowhere.json"), "cannot read the task file: /nowhere.json"),
        (("run", "x", "--kind", "magic"), "'magic' is not one of"),
        (("run", "x", "--sandbox", "paper"), "sandbox"),
        (("show", "zzzz"), "zzzz"),
        (("frobnicate",), "No such command 'frobnicate'"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_requests_end_with_two(
    project: Project, untouched: Again, arguments: tuple[str, ...], words: str
) -> None:
    refused(project, 2, words, *arguments)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it has no text"),
        ("{", "JSON"),
        ('{"filesOwned": ["calc.py"]}', "it has no text"),
        ('{"description": "x", "command": "rm -rf /"}', "command"),
        ('{"description": "x", "description": "y"}', "description"),
        ('{"description": 3}', "text is not a string: 3"),
        ('{"description": "x", "kind": "magic"}', "magic"),
    ],
)
def test_a_malformed_json_task_is_named(project: Project, untouched: Again, text: str, words: str) -> None:
    refused(project, 2, words, "run", "--task", "-", stdin=text)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("[checks", "TOML"),
        ("[speed]\nfast = true\n", "speed"),
        ('[checks.test]\ncommand = ["true"]\nendpoint = "http://evil"\n', "endpoint"),
        ("[limits]\nattempts = 0\n", "attempts"),
        ('[checks.test]\ncommand = "make test"\n', "command"),
    ],
)
def test_a_bad_project_setting_is_named(project: Project, untouched: Again, config: str, words: str) -> None:
    project.repo.commit("settings", files={".buddy/config.toml": config})
    untouched()

    refused(project, 2, words, *FIX)


def test_contradictory_user_settings_are_named(project: Project, untouched: Again) -> None:
    project.repo.git("config", "buddy.tiers", "fast")
    untouched()

    refused(project, 2, "tiers names a tier that is not defined: fast", *FIX)


def test_not_a_repository(project: Project, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()

    ran = project.buddy(*FIX, cwd=tmp_path / "plain")

    assert ran.code == 1
    assert "hint: " in ran.err


def test_an_unborn_branch(project: Project, tmp_path: Path) -> None:
    project.repo.git("init", "--quiet", str(tmp_path / "empty"))

    ran = project.buddy(*FIX, cwd=tmp_path / "empty")

    assert ran.code in (1, 2)
    assert "commit" in ran.err


def test_a_bare_repository(project: Project, tmp_path: Path) -> None:
    project.repo.git("clone", "--quiet", "--bare", str(project.repo.path), str(tmp_path / "bare.git"))

    ran = project.buddy(*FIX, cwd=tmp_path / "bare.git")

    assert ran.code == 1
    assert "bare" in ran.err


def test_the_middle_of_a_rebase_is_used_as_it_is_committed(project: Project, untouched: Again) -> None:
    project.repo.git("checkout", "--quiet", "-b", "side")
    project.repo.commit("side", files={"notes.txt": "side\n"})
    project.repo.git("checkout", "--quiet", "main")
    project.repo.commit("other", files={"notes.txt": "main\n"})
    with pytest.raises(Exception, match="rebase"):
        project.repo.git("rebase", "side")
    untouched()

    ran = project.buddy(*FIX)

    assert ran.code == 0, ran.err
    assert "a rebase is in progress" in ran.err


def test_a_dirty_tree_is_left_alone_and_not_used(project: Project, untouched: Again) -> None:
    (project.repo.path / "calc.py").write_text("raise SystemExit('the dirty file was used')\n")
    (project.repo.path / "scratch.txt").write_text("mine\n")
    project.repo.git("add", "scratch.txt")
    untouched()

    assert project.buddy(*FIX).code == 0


def test_a_detached_head(project: Project, untouched: Again) -> None:
    project.repo.git("checkout", "--quiet", "--detach")
    untouched()

    assert project.buddy(*FIX).code == 0


def test_a_file_that_is_not_utf_8_is_refused_and_named(project: Project, untouched: Again) -> None:
    project.repo.commit("latin", files={"calc.py": b"# caf\xe9\ndef add(a, b):\n    return a - b\n"})
    untouched()

    ran = project.buddy(*FIX, "--json")

    assert (ran.code, project.branches()) == (1, [])
    assert ran.json()["attempts"][0]["verdict"]["reason"] == "not-text"


def test_no_checks_found(project: Project, untouched: Again) -> None:
    project.repo.git("rm", "--quiet", ".buddy/config.toml", "test_calc.py")
    project.repo.commit("no checks", files={})
    untouched()

    refused(project, 1, "no check of this project can run", *FIX)
    assert "\nbase" not in project.buddy(*FIX).err


def test_a_check_that_cannot_run_is_no_pass(project: Project, untouched: Again) -> None:
    project.repo.commit("x", files={".buddy/config.toml": '[checks.test]\ncommand = ["no-such-program"]\n'})
    untouched()

    refused(project, 1, "test (cannot-run)", *FIX)


def test_the_model_server_is_down(project: Project, untouched: Again) -> None:
    refused(project, 4, "no model server answers at: http://127.0.0.1:9", *FIX, OLLAMA_HOST="http://127.0.0.1:9")


def test_no_model_is_installed(project: Project, untouched: Again) -> None:
    project.server.models.clear()

    refused(project, 4, "no usable model", *FIX)


def test_an_unknown_model(project: Project, untouched: Again) -> None:
    refused(project, 4, "nonsense:1b", *FIX, "--model", "nonsense:1b")


def test_a_busy_server_leaves_the_task_queued(project: Project, untouched: Again) -> None:
    project.answer(Reply("", status=503, headers={"Retry-After": "0"}))

    refused(project, 4, "busy", *FIX)
    job = json.loads(project.buddy("log", "--json").out)[0]

    assert job["state"] == "queued"


def test_the_connection_is_cut_in_the_middle(project: Project, untouched: Again) -> None:
    project.answer(Reply(RIGHT, cut_after=20))

    ran = project.buddy(*FIX)

    assert ran.code in (1, 4)
    assert project.branches() == []


def test_no_sandbox_works(project: Project, untouched: Again, require: Callable[[str], str]) -> None:
    """Inside a namespace that allows no further one, bubblewrap cannot do its work."""
    wrap = [require("bwrap"), "--dev-bind", "/", "/", "--unshare-user", "--disable-userns", "--"]

    ran = project.buddy(*FIX, "--sandbox", "bubblewrap", under=wrap)

    assert (ran.code, project.branches()) == (1, [])
    assert "error: sandbox bubblewrap failed its self-test" in ran.err
    assert "\nhint: " in ran.err
