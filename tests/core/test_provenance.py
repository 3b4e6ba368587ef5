from __future__ import annotations

import json
from dataclasses import replace

from made import BASE, TREE, accepted, attempt, brief, by_case, change, failed, passed, patch, task

from gitbuddy.core.provenance import (
    VERSION,
    attempt_facts,
    attempt_files,
    check_digest,
    check_facts,
    note,
    to_json,
    verdict_facts,
)
from gitbuddy.values import Accepted, Proposal, Refused, Search, Unverified


def test_the_record_of_an_accepted_attempt() -> None:
    files = attempt_files(accepted())

    assert set(files) == {
        f"attempts/1/{name}"
        for name in ("brief.md", "reply.txt", "patch.diff", "checks.json", "log.txt", "attempt.json")
    }
    assert files["attempts/1/brief.md"] == b"the rules\n\n---\n\nthe question\n"
    assert files["attempts/1/reply.txt"] == b"the reply"
    assert files["attempts/1/patch.diff"].startswith(b"--- a/src/shop.py\n")
    assert [check["status"] for check in json.loads(files["attempts/1/checks.json"])] == ["passed", "passed"]


def test_the_record_of_a_search_tells_what_was_tried() -> None:
    search = Search(tried={"comparison": 12, "moved": 3}, template="moved")
    made = replace(accepted(), proposal=Proposal("report", (), search=search))

    assert attempt_facts(made)["search"] == {"tried": {"comparison": 12, "moved": 3}, "template": "moved"}
    assert "search" not in attempt_facts(accepted())


def test_the_record_of_an_attempt_that_ended_early() -> None:
    files = attempt_files(attempt(number=3))

    assert files["attempts/3/reply.txt"] == b""
    assert files["attempts/3/patch.diff"] == b""
    assert json.loads(files["attempts/3/checks.json"]) == []
    assert files["attempts/3/log.txt"] == b"refused at checks: check-worse: test got worse\n"


def test_the_log_shows_commands_output_and_verdict() -> None:
    made = attempt(results=(passed("lint"), failed("test", "no\n")))

    assert attempt_files(made)["attempts/1/log.txt"].decode() == (
        "$ run lint\n[passed]\n\n$ run test\n[failed]\nno\n\nrefused at checks: check-worse: test got worse\n"
    )


def test_facts_of_an_attempt() -> None:
    assert attempt_facts(accepted()) == {
        "number": 1,
        "round": 1,
        "action": "sample",
        "tier": "fast",
        "proposer": "ollama",
        "model": "small:2b@sha256:1",
        "verdict": {
            "accepted": True,
            "shown": ["lint: passed on base, passed here", "test: failed on base, passed here"],
            "doubts": [],
        },
        "tree": TREE,
        "paths": ["src/shop.py"],
        "promptTokens": 100,
        "outputTokens": 20,
        "modelSeconds": 1.5,
        "seconds": 2.25,
        "fingerprint": "",
    }


def test_without_a_proposal_the_model_is_the_one_asked() -> None:
    assert attempt_facts(attempt())["model"] == "small:2b"


def test_verdicts_as_data() -> None:
    assert verdict_facts(Accepted(("a",), ("b",))) == {"accepted": True, "shown": ["a"], "doubts": ["b"]}
    assert verdict_facts(Unverified("no-cases", "why", ("a",))) == {
        "accepted": False,
        "unverified": True,
        "reason": "no-cases",
        "words": "why",
        "shown": ["a"],
    }
    assert verdict_facts(Refused("guard", "secret", "no")) == {
        "accepted": False,
        "stage": "guard",
        "reason": "secret",
        "words": "no",
    }
    assert verdict_facts(None) == {"accepted": False}


def test_a_check_as_data_keeps_its_output() -> None:
    assert check_facts(failed("test", "no\n")) == {
        "name": "test",
        "kind": "test",
        "command": ["run", "test"],
        "status": "failed",
        "exitCode": 1,
        "seconds": 0.5,
        "cached": False,
        "flaky": [],
        "cases": None,
        "output": "no\n",
    }
    assert check_facts(by_case("a failed", "b passed"))["cases"] == {"a": "failed", "b": "passed"}


def test_a_digest_tells_results_apart_and_leaves_flaky_tests_out() -> None:
    one, other = by_case("a passed", "b passed"), by_case("a passed", "b skipped")

    assert check_digest(one) != check_digest(other)
    assert check_digest(replace(one, flaky=("b",))) == check_digest(replace(other, flaky=("b",)))
    assert check_digest(passed()) == {"status": "passed"}


def test_text_that_is_no_text_is_recorded_visibly() -> None:
    odd = "a \ud800 \udcff \x00 b"
    made = accepted(proposal=Proposal(odd), brief=replace(brief(), prompt=odd), patch=patch(change("odd-\udcff.py")))
    files = attempt_files(replace(made, results=(failed("test", odd),)))

    assert files["attempts/1/reply.txt"] == b"a \\ud800 \\udcff \x00 b"
    assert json.loads(files["attempts/1/checks.json"])[0]["output"] == odd
    assert all(data.decode("utf-8") is not None for data in files.values())


def test_the_note_is_one_line_of_ascii() -> None:
    job = task("\u00fcber\nall")
    made = replace(accepted(), verdict=Accepted(("one\ntwo \u00e9",)))
    line = note(job, (attempt(), made), "bubblewrap")
    facts = json.loads(line)

    assert "\n" not in line
    assert line.isascii()
    assert (facts["version"], facts["job"], facts["base"], facts["tree"]) == (VERSION, job.id, BASE, TREE)
    assert (facts["sandbox"], facts["attempts"], facts["tier"]) == ("bubblewrap", 2, "fast")
    assert facts["model"] == "small:2b@sha256:1"
    assert facts["verdict"]["accepted"] is True


def test_json_is_readable_and_ends_its_line() -> None:
    assert to_json({"b": "\u00e9", "a": 1}) == '{\n "b": "\u00e9",\n "a": 1\n}\n'
