"""What a search learned, as the next tier is told."""

from __future__ import annotations

from dataclasses import replace

from made import attempt

from gitbuddy.core.suspicion import LONGEST, SHOWN, described, led, suspects_of
from gitbuddy.values import Context, Proposal, Search, SourceFile, Suspect

A, B, C = (SourceFile(path, b"x = 1\n") for path in ("a.py", "b.py", "c.py"))
FILES = {file.path: file for file in (A, B, C)}
SUSPECTS = (Suspect("c.py", 1, 1.0), Suspect("a.py", 1, 0.5))


def test_the_last_search_counts_and_models_have_none() -> None:
    first = replace(attempt(), proposal=Proposal("", search=Search((Suspect("old.py", 1, 1.0),))))
    second = replace(attempt(), proposal=Proposal("", search=Search(SUSPECTS)))

    assert suspects_of((first, second, attempt())) == SUSPECTS
    assert suspects_of((attempt(),)) == ()


def test_suspicious_files_are_shown_before_all_others() -> None:
    assert led(Context(files=(A, B)), SUSPECTS, FILES.get).files == (C, A, B)


def test_a_task_that_names_its_files_is_about_those() -> None:
    context = Context(owned=(B,), files=(A,))

    assert led(context, SUSPECTS, FILES.get) == context


def test_a_file_that_cannot_be_read_is_left_out() -> None:
    assert led(Context(files=(A, B)), (Suspect("gone.py", 1, 1.0),), FILES.get).files == (A, B)


def test_few_lines_are_shown_and_none_is_long() -> None:
    text = "".join(f"x{number} = '{'y' * 300}'\n" for number in range(20))
    suspects = [Suspect("a.py", line, 1.0) for line in range(1, 20)]

    lines = described(suspects, {"a.py": text}.get).split("\n")

    assert len(lines) == SHOWN
    assert {len(line.partition(": ")[2]) for line in lines} == {LONGEST}
