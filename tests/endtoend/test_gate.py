"""Nothing wrong lands: what the cascade does with wrong answers, and what stays of them."""

from __future__ import annotations

import json
from collections.abc import Callable

from sample import BREAKING, RIGHT, WRONG, Project

from gitbuddy.testing.ollama_server import Reply

Again = Callable[[], str]
FIX = ("run", "--kind", "fix", "-f", "calc.py", "Make add add.")


def test_a_wrong_answer_is_followed_by_a_right_one(project: Project, untouched: Again) -> None:
    project.answer(WRONG, RIGHT)

    ran = project.buddy(*FIX, "--json")

    assert ran.code == 0, ran.err
    assert [attempt["verdict"]["accepted"] for attempt in ran.json()["attempts"]] == [False, True]


def test_the_second_brief_says_what_the_first_answer_got_wrong(project: Project, untouched: Again) -> None:
    project.answer(WRONG, RIGHT)
    job = project.buddy(*FIX, "--json").json()["job"]

    brief = project.repo.git("show", f"refs/buddy/v1/jobs/{job[-2:]}/{job}:attempts/2/brief.md")

    assert "Your last answer was refused" in brief or "not accepted" in brief
    assert "AssertionError: 6" in brief


def test_what_breaks_a_passing_check_never_lands(project: Project, untouched: Again) -> None:
    project.repo.commit(
        "right", files={"calc.py": "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a * 2\n"}
    )
    untouched()
    project.answer(BREAKING)

    ran = project.buddy("run", "-f", "calc.py", "Make double better.")

    assert (ran.code, ran.out, project.branches()) == (1, "", [])
    assert "check-worse" in ran.err


def test_a_failed_job_leaves_its_whole_record_and_nothing_else(project: Project, untouched: Again) -> None:
    project.answer("I am sorry, I cannot do that.")

    ran = project.buddy(*FIX, "--json")
    job = ran.json()["job"]
    kept = project.repo.git("ls-tree", "-r", "--name-only", f"refs/buddy/v1/jobs/{job[-2:]}/{job}").split()
    reply = project.repo.git("show", f"refs/buddy/v1/jobs/{job[-2:]}/{job}:attempts/1/reply.txt")

    assert (ran.code, ran.json()["state"], project.branches()) == (1, "gave-up", [])
    assert {f"attempts/1/{name}" for name in ("brief.md", "reply.txt", "patch.diff", "checks.json", "log.txt")} <= set(
        kept
    )
    assert reply == "I am sorry, I cannot do that."


def test_an_edit_outside_the_tasks_files_is_refused_with_words(project: Project, untouched: Again) -> None:
    project.answer(RIGHT.replace("calc.py", "test_calc.py").replace("    return a - b", "print('fine')"))

    ran = project.buddy(*FIX, "--json")

    assert (ran.code, project.branches()) == (1, [])
    assert ran.json()["attempts"][0]["verdict"]["stage"] == "guard"


def test_an_answer_that_was_cut_off_is_never_applied(project: Project, untouched: Again) -> None:
    project.answer(Reply(RIGHT, done_reason="length"))

    ran = project.buddy(*FIX, "--json")

    assert (ran.code, project.branches()) == (1, [])
    assert ran.json()["attempts"][0]["verdict"]["reason"] == "truncated"


def test_events_come_as_json_lines_under_their_fixed_names(project: Project, untouched: Again) -> None:
    project.answer(WRONG, RIGHT)

    ran = project.buddy(*FIX, "--log-format", "json")
    names = [json.loads(line)["event"] for line in ran.err.splitlines()]

    expected = ["task_created", "model_call_start", "model_call_complete", "patch_applied", "verification_start"]
    assert {*expected, "verification_fail", "verification_pass", "task_complete"} <= set(names)


def test_show_diff_and_log_tell_the_job(project: Project, untouched: Again) -> None:
    project.answer(WRONG, RIGHT)
    job = project.buddy(*FIX, "--json").json()["job"]

    shown = project.buddy("show", job[:8]).out
    diff = project.buddy("diff", job[:8]).out
    log = project.buddy("log").out

    assert "refused (still-failing)" in shown
    assert "shown: test: failed on base, passes here" in shown
    assert "-    return a - b\n+    return a + b\n" in diff
    assert log.startswith(f"{job[:8]}\tlanded\tbuddy/make-add-add-")

    project.repo.git("symbolic-ref", "HEAD", "refs/heads/unborn")
    untouched()

    assert project.buddy("show", job[:8]).out == shown
    assert project.buddy("diff", job[:8]).out == diff
    assert project.buddy("log").out == log
    assert project.buddy("verify", project.branches()[0]).code == 0
