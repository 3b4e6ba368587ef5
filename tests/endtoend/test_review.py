"""A review: findings on stdout, nothing lands, and a blocking finding is shown by a test or is a claim."""

from __future__ import annotations

from collections.abc import Callable

from sample import RIGHT, Project

Again = Callable[[], str]
CONFIG = '[checks.test]\ncommand = ["python3", "-m", "pytest", "-q"]\nkind = "test"\n'
REVIEW = """\
calc.py:2: blocking: The sum is a difference.

test_sum.py
```python
from calc import add


def test_sum():
    assert add(2, 3) == 5
```
"""


def test_a_finding_is_shown_by_a_test_that_fails(project: Project, untouched: Again) -> None:
    tests = "from calc import double\n\n\ndef test_double():\n    assert double(4) == 8\n"
    project.repo.commit("pytest", files={"test_calc.py": tests, ".buddy/config.toml": CONFIG})
    untouched()
    project.answer(REVIEW)

    ran = project.buddy("run", "--kind", "review", "-f", "calc.py", "Look for mistakes.")

    assert (ran.code, project.branches()) == (0, [])
    assert ran.out == (
        "calc.py:2: blocking: The sum is a difference.\n"
        "shown by tests that fail on the code as it is: test_sum.py::test_sum\n"
    )


def test_a_review_that_edits_is_refused_and_one_without_proof_is_a_claim(project: Project, untouched: Again) -> None:
    project.answer(f"calc.py:2: advice: Mended below.\n\n{RIGHT}", "calc.py:2: blocking: The sum is a difference.")

    ran = project.buddy("run", "--kind", "review", "-f", "calc.py", "Look for mistakes.", "--json")
    verdicts = [attempt["verdict"] for attempt in ran.json()["attempts"]]

    assert (ran.code, ran.json()["state"], project.branches()) == (0, "reviewed", [])
    assert verdicts[0]["reason"] == "edits"
    assert verdicts[1]["doubts"] == ["no test came with it that fails, so what it calls blocking is not shown"]


def test_findings_as_json_in_a_fence_are_findings_and_no_edit(project: Project, untouched: Again) -> None:
    finding = '{"path": "calc.py", "line": 2, "severity": "advice", "words": "The sum is a difference."}'
    project.answer(f'```json\n{{"findings": [{finding}]}}\n```\n')

    ran = project.buddy("run", "--kind", "review", "-f", "calc.py", "Look for mistakes.")

    assert (ran.code, ran.out) == (0, "calc.py:2: advice: The sum is a difference.\n")


def test_a_reviewer_that_cannot_keep_to_lines_is_asked_for_json(project: Project, untouched: Again) -> None:
    finding = '{"path": "calc.py", "line": 2, "severity": "advice", "words": "The sum is a difference."}'
    project.answer("This code looks a bit odd to me.", f'{{"findings": [{finding}]}}')

    ran = project.buddy("run", "--kind", "review", "-f", "calc.py", "Look for mistakes.")

    assert (ran.code, ran.out) == (0, "calc.py:2: advice: The sum is a difference.\n")
    first, second = (request.body for request in project.server.requests)
    assert "format" not in first
    assert second["format"]["required"] == ["findings"]
