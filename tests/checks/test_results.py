"""What a run prints, how it ends and what it reports must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.checks.reports import Report, Unreadable
from gitbuddy.checks.results import by_case, whole
from gitbuddy.checks.runners.runner import Order
from gitbuddy.values import Case, CaseStatus, Check, CheckKind, CompletedCommand, Mounts

CHECK = Check("test", ("python3", "-m", "pytest", "-q"), CheckKind.TEST)
MOUNTS = Mounts(Path("/slot"), Path("/repo"))
GREEN = 77
CONTROLLED = Order(CHECK.command, controls=frozenset({"test_1", "test_2"}), green=GREEN)
PLAIN = Order(CHECK.command)
SAID, SAID_RED = b"3 passed in 0.1s\n", b"1 failed, 2 passed in 0.1s\n"


def report(**cases: str) -> Report:
    return Report(tuple(Case(name, CaseStatus(status)) for name, status in cases.items()))


CONTROLS = {"test_1": "failed", "test_2": "failed"}


@pytest.mark.parametrize(
    ("code", "said", "found", "status"),
    [
        (GREEN, SAID, report(a="passed", **CONTROLS), "passed"),
        (GREEN, SAID, report(a="passed", b="skipped", **CONTROLS), "passed"),
        (1, SAID_RED, report(a="failed", **CONTROLS), "failed"),
        (1, SAID, report(a="passed", **CONTROLS), "failed"),  # e.g. too little coverage
        (0, SAID, report(a="passed", **CONTROLS), "untrusted"),
        (0, SAID, report(a="passed"), "untrusted"),
        (GREEN, SAID, report(a="passed"), "untrusted"),
        (GREEN, SAID, report(a="passed", test_1="failed"), "untrusted"),
        (GREEN, SAID, report(a="passed", test_1="passed", test_2="failed"), "untrusted"),
        (1, SAID_RED, report(a="failed", test_1="passed", test_2="passed"), "untrusted"),
        (1, SAID_RED, report(a="failed", test_1="skipped", test_2="failed"), "untrusted"),
        (1, SAID_RED, report(a="failed"), "failed"),  # it stopped before the controls
        (GREEN, SAID, report(a="failed", **CONTROLS), "untrusted"),
        (GREEN, SAID, report(**CONTROLS), "cannot-run"),
        (GREEN, SAID, Unreadable("the test run left no report: x"), "untrusted"),
        (0, SAID, Unreadable("the test run left no report: x"), "untrusted"),
        (1, SAID_RED, Unreadable("the test run left no report: x"), "failed"),
        (5, b"no tests ran in 0.1s\n", Unreadable("none"), "cannot-run"),
        (4, b"ERROR: usage\n", Unreadable("none"), "cannot-run"),
    ],
)
def test_with_negative_controls(code: int, said: bytes, found: Report | Unreadable, status: str) -> None:
    result = by_case(CHECK, CONTROLLED, CompletedCommand(code, said, 0.1), found, MOUNTS)

    assert result.status.value == status
    assert all(case.id not in CONTROLLED.controls for case in result.cases or ())
    assert (result.cases is not None) is (status in ("passed", "failed") and isinstance(found, Report))


@pytest.mark.parametrize(
    ("code", "found", "status"),
    [
        (0, report(a="passed"), "passed"),
        (1, report(a="failed"), "failed"),
        (1, report(a="passed"), "failed"),
        (0, report(a="failed"), "untrusted"),
        (0, Unreadable("cut"), "untrusted"),
        (1, Unreadable("cut"), "failed"),
        (0, report(), "cannot-run"),
    ],
)
def test_without_controls(code: int, found: Report | Unreadable, status: str) -> None:
    said = SAID if code == 0 else SAID_RED

    assert by_case(CHECK, PLAIN, CompletedCommand(code, said, 0.1), found, MOUNTS).status.value == status


def test_a_run_out_of_time_tells_nothing() -> None:
    done = CompletedCommand(137, SAID, 30.0, timed_out=True)
    result = by_case(CHECK, CONTROLLED, done, report(a="passed", **CONTROLS), MOUNTS)

    assert (result.status.value, result.exit_code, result.cases) == ("timed-out", None, None)


def test_why_a_run_is_not_trusted_is_its_last_line() -> None:
    result = by_case(CHECK, CONTROLLED, CompletedCommand(0, SAID, 0.1), report(a="passed"), MOUNTS)

    assert result.output == "3 passed in 0.1s\ngitbuddy: the run ended well although a test in it must fail\n"


def test_a_machine_format_is_shown_as_text() -> None:
    done = CompletedCommand(1, b'{"Action":"output"}\n', 0.1)
    found = Report((Case("a", CaseStatus.FAILED, "at 0x7fab: no"),), output="--- FAIL: a\n")
    result = by_case(CHECK, PLAIN, done, found, MOUNTS)

    assert result.output == "--- FAIL: a\n"
    assert result.cases == (Case("a", CaseStatus.FAILED, "at 0x...: no"),)


def test_output_that_was_kept_to_be_read_is_cut_for_the_record() -> None:
    done = CompletedCommand(1, b"a" * 500 + b"b" * 500, 0.1)
    result = by_case(CHECK, Order(CHECK.command, output=1 << 20), done, report(a="failed"), MOUNTS, 100)

    assert result.output == "a" * 50 + "\n[... 900 bytes left out ...]\n" + "b" * 50


def test_a_command_that_tells_a_whole_is_taken_by_its_end() -> None:
    check = Check("test", ("make", "test"), CheckKind.TEST)

    assert whole(check, CompletedCommand(0, b"", 0.1), MOUNTS).status.value == "passed"
    assert whole(check, CompletedCommand(2, b"", 0.1), MOUNTS).cases is None
