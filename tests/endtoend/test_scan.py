"""`git buddy scan` from the command line."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest
from sample import Project

Again = Callable[[], str]


def test_what_a_person_sees(project: Project, untouched: Again) -> None:
    ran = project.buddy("scan")

    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        "python\t2\t11\t165",
        "",
        "test\ttest\tpython3 -c import runpy; runpy.run_path('test_calc.py')",
        "",
        "test_calc.py\tcalc.py",
        "",
        "double\tfunction\tcalc.py:5\t1 file",
        "add\tfunction\tcalc.py:1\t1 file",
        "",
        "calc.py:",
        "     1 def add(a, b)",
        "     5 def double(a)",
    ]


def test_json_says_the_same_and_more(project: Project, untouched: Again) -> None:
    found = project.buddy("scan", "--json").json()

    assert found["base"] == project.repo.head()
    assert found["languages"] == [{"language": "python", "files": 2, "lines": 11, "bytes": 165}]
    assert [check["name"] for check in found["checks"]] == ["test"]
    assert [symbol["usedBy"] for symbol in found["symbols"]] == [["test_calc.py"], ["test_calc.py"]]
    assert found["map"].startswith("calc.py:\n")


def test_a_second_scan_says_the_same(project: Project, untouched: Again) -> None:
    assert project.buddy("scan", "--json").out == project.buddy("scan", "--json").out


def test_another_commit_and_another_budget(project: Project, untouched: Again) -> None:
    project.repo.commit("new", files={"more.py": "from calc import add\nadd(1, 2)\n"})
    untouched()

    assert len(project.buddy("scan", "--json").json()["symbols"][0]["usedBy"]) == 2
    assert len(project.buddy("scan", "--json", "--base", "HEAD~1").json()["symbols"][0]["usedBy"]) == 1
    assert project.buddy("scan", "--json", "--map-tokens", "0").json()["map"] == ""


@pytest.mark.parametrize("arguments", [("--base", "nowhere"), ("--map-tokens", "-1"), ("--map-tokens", "many")])
def test_a_wrong_request_is_said_to_be_one(project: Project, untouched: Again, arguments: tuple[str, ...]) -> None:
    ran = project.buddy("scan", *arguments)

    assert ran.code == 2
    assert ran.err.startswith("error: ")


def test_hostile_names_cannot_steer_the_terminal(project: Project, untouched: Again) -> None:
    project.repo.commit("use", files={"use.py": "from bad import f_of\nf_of()\n"})
    source = "def f_of(a='\x1b[31m\x9b', b='\t'): pass\n"
    project.repo.commit("hostile", files={"bad.py": source, "big.c": "x" * (2 << 20)})
    untouched()

    ran = project.buddy("scan")

    assert "def f_of(a='" in ran.out
    assert "\x1b" not in ran.out + ran.err
    assert "passed over: big.c: larger than 1 MiB" in ran.err


def test_ctrl_c_leaves_what_was_read_and_no_traceback(project: Project, untouched: Again) -> None:
    project.repo.commit("slow", files={f"slow{n}.py": "[" * 300_000 + str(n) for n in range(20)})
    untouched()
    process = project.start("scan")

    with pytest.raises(Exception, match="timed out"):
        process.communicate(timeout=1.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert b"Traceback" not in said


def test_no_source_is_no_error(project: Project) -> None:
    project.repo.git("rm", "-q", "-r", ".")
    project.repo.commit("bare")

    ran = project.buddy("scan", "--json")

    assert (ran.code, ran.json()["languages"]) == (0, [])
    assert json.loads(ran.out)["map"] == ""
