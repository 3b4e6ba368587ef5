"""`git buddy list` and `work`: order of needs, several at a time, each task once."""

from __future__ import annotations

from collections.abc import Callable

from sample import RIGHT, WRONG, Project

Again = Callable[[], str]
DOUBLE = "calc.py\n```\n<<<<<<< SEARCH\n    return a * 2\n=======\n    return a + a\n>>>>>>> REPLACE\n```\n"


def test_list_shows_each_task_and_where_it_stands(project: Project, untouched: Again) -> None:
    project.repo.commit(
        "tasks",
        files={
            ".buddy/tasks/one.md": "---\nfiles: [calc.py]\n---\nFirst.\n",
            ".buddy/tasks/two.md": "---\nfiles: [calc.py]\nneeds: [one]\n---\nSecond.\n",
            ".buddy/tasks/lost.md": "---\nneeds: [nobody]\n---\nThird.\n",
            ".buddy/tasks/bad.md": "---\nspeed: fast\n---\nFourth.\n",
        },
    )
    untouched()

    ran = project.buddy("list", "--json")

    assert {task["text"]: (task["state"], task["why"]) for task in ran.json()} == {
        "First.": ("ready", ""),
        "Second.": ("blocked", "waits for one"),
        "Third.": ("blocked", "needs a task that is not known, or not the only one so called: nobody"),
    }
    assert "speed" in ran.err


def test_a_task_builds_on_what_it_needs(project: Project, untouched: Again) -> None:
    project.repo.commit(
        "tasks",
        files={
            ".buddy/tasks/second.md": "---\nfiles: [calc.py]\nneeds: [first]\n---\nDouble by adding.\n",
            ".buddy/tasks/first.md": "---\nkind: fix\nfiles: [calc.py]\n---\nMake add add.\n",
        },
    )
    untouched()
    project.answer(RIGHT, DOUBLE)

    ran = project.buddy("work")
    first, second = ran.out.split()

    assert ran.code == 0, ran.err
    assert project.content(second) == "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a + a\n"
    assert project.repo.git("rev-parse", f"{second}~1") == project.repo.git("rev-parse", first)


def test_several_at_a_time_and_none_of_them_twice(project: Project, untouched: Again) -> None:
    files = {f".buddy/tasks/t{number}.md": f"---\nkind: fix\n---\nFix {number} in calc.py.\n" for number in range(4)}
    project.repo.commit("tasks", files=files)
    untouched()

    first = project.buddy("work", "--jobs", "3")
    second = project.buddy("work", "--jobs", "3")

    assert (first.code, len(first.out.split()), len(project.branches())) == (0, 4, 4), first.err
    assert (second.code, second.out) == (0, "")


def test_what_did_not_land_is_named_at_the_end_with_the_way_to_its_record(project: Project, untouched: Again) -> None:
    project.repo.commit("task", files={".buddy/tasks/one.md": "---\nkind: fix\nfiles: [calc.py]\n---\nMend add.\n"})
    untouched()
    project.answer(WRONG)

    ran = project.buddy("work")
    job = project.buddy("log", "--json").json()[0]["job"]

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[-2:] == [
        "0 of 1 landed",
        f"  {job[:8]} did not land, the record of every attempt:  git buddy show {job[:8]}",
    ]
