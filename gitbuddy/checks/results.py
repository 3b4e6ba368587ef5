"""From a finished run to the result of its check: what it printed, how it ended and what it reported must agree."""

from __future__ import annotations

import re
from dataclasses import replace

from gitbuddy.checks.classify import classify
from gitbuddy.checks.reports import Report, Unreadable
from gitbuddy.checks.runners.runner import Order
from gitbuddy.checks.transcript import transcript
from gitbuddy.values import Case, CaseStatus, Check, CheckResult, CheckStatus, CompletedCommand, Mounts


def whole(check: Check, done: CompletedCommand, mounts: Mounts) -> CheckResult:
    """The result of a command that only tells a whole."""
    output = transcript(done.output, mounts)
    return _result(check, done, classify(check.command, done, output), output)


def by_case(
    check: Check, order: Order, done: CompletedCommand, report: Report | Unreadable, mounts: Mounts, most: int = 0
) -> CheckResult:
    """The result of a run that reports each test. What contradicts itself is `UNTRUSTED`, never a pass.

    `most` is how many characters of the output are kept (0: all), where more was needed to read the report in it.
    """
    told = report.output if isinstance(report, Report) else None
    output = _bounded(transcript(done.output if told is None else told.encode("utf-8", "replace"), mounts), most)
    ended = replace(done, exit_code=0) if order.controls and done.exit_code == order.green else done
    status = classify(check.command, ended, output)
    if status in (CheckStatus.CANNOT_RUN, CheckStatus.TIMED_OUT):
        return _result(check, done, status, output)
    if isinstance(report, Unreadable):
        if status is CheckStatus.PASSED or done.exit_code == 0:
            return _untrusted(check, done, output, f"the run ended well, but {report}")
        return _result(check, ended, status, output)
    cases = tuple(case for case in report.cases if case.id not in order.controls)
    if problem := _contradiction(order, done, report, cases, status):
        return _untrusted(check, done, output, problem)
    if not cases:
        return _result(check, ended, CheckStatus.CANNOT_RUN, output)
    red = any(case.status is CaseStatus.FAILED for case in cases)
    status = CheckStatus.FAILED if red else status
    return replace(_result(check, ended, status, output), cases=_without_times(cases))


def _bounded(text: str, most: int) -> str:
    """Head and tail, as the sandbox itself would have kept them."""
    if not most or len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} bytes left out ...]\n{text[-half:]}"


def _contradiction(
    order: Order, done: CompletedCommand, report: Report, cases: tuple[Case, ...], status: CheckStatus
) -> str:
    """In which way the run says two things at once; empty if it does not."""
    seen = {case.id: case.status for case in report.cases if case.id in order.controls}
    if any(ending is not CaseStatus.FAILED for ending in seen.values()):
        return "a test that must fail was reported otherwise, so its reports show nothing"
    red = any(case.status is CaseStatus.FAILED for case in cases)
    if order.controls and done.exit_code == 0:
        return "the run ended well although a test in it must fail"
    if order.controls and status is CheckStatus.PASSED and set(seen) != order.controls:
        return "the run ended without the tests that must fail"
    if red and status is CheckStatus.PASSED:
        return "the run ended well although its report names failed tests"
    return ""


def _untrusted(check: Check, done: CompletedCommand, output: str, problem: str) -> CheckResult:
    said = f"{output.rstrip()}\ngitbuddy: {problem}\n".lstrip()
    return _result(check, done, CheckStatus.UNTRUSTED, said)


def _result(check: Check, done: CompletedCommand, status: CheckStatus, output: str) -> CheckResult:
    exit_code = None if status is CheckStatus.TIMED_OUT else done.exit_code
    return CheckResult(check, status, exit_code, output, done.seconds)


def _without_times(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Words of failures are compared and remembered; what differs from run to run would make each one new."""
    return tuple(
        replace(case, words=re.sub(r"0x[0-9a-f]+", "0x...", case.words)) if case.words else case for case in cases
    )
