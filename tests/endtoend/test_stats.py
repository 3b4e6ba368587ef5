"""What jobs cost and came to, and a policy that learns from it, in a real repository."""

from __future__ import annotations

import json

from sample import RIGHT, WRONG, Project

FIX = ("run", "--kind", "fix", "-f", "calc.py")


def two_tiers(project: Project) -> None:
    for name in ("fast", "deep"):
        project.repo.git("config", f"buddy.tier.{name}.model", "qwen2.5-coder:7b")
    project.repo.git("config", "buddy.tiers", "fast deep")


def test_what_jobs_cost_is_told_by_kind_and_tier(project: Project) -> None:
    two_tiers(project)
    project.answer(WRONG, "no edit", RIGHT)
    assert project.buddy(*FIX, "Make add add.").code == 0

    told = project.buddy("stats", "--json").json()

    assert (told["policy"], told["problem"]) == ("ladder", "")
    whole, fast, deep = told["rows"]
    assert (whole["kind"], whole["tier"], whole["jobs"], whole["solved"], whole["attempts"]) == ("fix", None, 1, 1, 3)
    assert (fast["tier"], fast["solved"], fast["attempts"], fast["secondsEach"]) == ("fast", 0, 2, None)
    assert (deep["tier"], deep["solved"], deep["attempts"]) == ("deep", 1, 1)
    assert deep["tokens"] > 0
    assert [option["tier"] for option in told["next"]] == ["fast", "deep"]


def test_people_read_a_table_and_what_the_policy_makes_of_it(project: Project) -> None:
    two_tiers(project)
    empty = project.buddy("stats")
    project.buddy(*FIX, "Make add add.")

    ran = project.buddy("stats", "--kind", "fix", "-f", "calc.py")

    assert "no job has come to an end here yet" in empty.err
    lines = ran.out.splitlines()
    assert lines[0].split("\t")[:5] == ["fix", "all", "1", "1", "100 %"]
    assert "policy ladder: tier by tier" in ran.out
    assert [line.split("\t")[1] for line in lines[-2:]] == ["fast", "deep"]


def test_a_damaged_record_is_named_and_passed_over(project: Project) -> None:
    job = project.buddy(*FIX, "Make add add.", "--json").json()["job"]
    name = f"refs/buddy/v1/jobs/{job[-2:]}/{job}"
    project.repo.git("update-ref", name, "HEAD")

    ran = project.buddy("stats", "--json")

    assert (ran.code, ran.json()["rows"]) == (0, [])
    assert f"warning: the record of job {job} cannot be read" in ran.err


def test_without_a_model_the_figures_are_told_all_the_same(project: Project) -> None:
    project.buddy(*FIX, "Make add add.")

    ran = project.buddy("stats", extra={"OLLAMA_HOST": "http://127.0.0.1:9"})

    assert ran.code == 0
    assert ran.out.startswith("fix\tall\t1\t1")
    assert "no tier can be weighed: no model server answers" in ran.err


def test_the_index_policy_runs_a_job_and_says_its_figures(project: Project) -> None:
    two_tiers(project)
    project.repo.git("config", "buddy.policy", "index")
    for number in range(3):
        project.answer(RIGHT)
        assert project.buddy(*FIX, f"Make add add, {number}.").code == 0

    ran = project.buddy(*FIX, "Make add add at last.", "--log-format", "json")

    assert ran.code == 0
    told = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    (begun,) = [event for event in told if event["event"] == "attempt"]
    assert "s per change" in begun["reason"]
