"""The events of `go test -json`, one JSON object a line, between lines that the go command prints as they are.

Format: `go doc cmd/test2json`. Seen with go 1.19: a package that does not compile has no event, only its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gitbuddy.checks.reports import Report, Unreadable, settled
from gitbuddy.values import Case, CaseStatus

Test = tuple[str, str]
"""Package and test; the test is empty for the package itself."""
_ENDINGS: Mapping[str, CaseStatus] = {
    "pass": CaseStatus.PASSED,
    "fail": CaseStatus.FAILED,
    "skip": CaseStatus.SKIPPED,
}
_BROKEN = re.compile(r"^FAIL\t(\S+) \[(?:build|setup) failed\]$")
_CHATTER = re.compile(r"^=== (RUN|PAUSE|CONT|NAME) ")
# The test program's own word on a test, from which its event is made. Before go 1.20 there is no event where the test
# has printed half a line in front of it, and an event without it where the program has left in the middle of a test.
_ENDED = re.compile(r"--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$")


@dataclass
class _Run:
    """What was seen so far: which tests began, how they ended, and the text in its order."""

    began: dict[Test, None] = field(default_factory=dict)
    ended: dict[Test, CaseStatus] = field(default_factory=dict)
    text: list[tuple[Test, str]] = field(default_factory=list)

    def status(self, test: Test) -> CaseStatus:
        """A test that began and never ended was running when its program did."""
        return self.ended.get(test, CaseStatus.FAILED)


def read(printed: str) -> Report:
    """Cases by package and test, and what `go test` would have printed without `-json`.

    Raises `Unreadable` when a line is broken, a package has no end, or nothing is told at all.
    """
    run = _Run()
    for line in printed.split("\n"):
        if line.startswith('{"'):
            _take(run, _event(line))
        elif line:
            _plain(run, line)
    _require_whole(run)
    return Report(settled(_cases(run)), "".join(_told(run)))


def _event(line: str) -> Mapping[str, str]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the output of go test has a line that is cut or mixed with others") from error
    if not isinstance(event, dict) or not isinstance(event.get("Action"), str):
        raise Unreadable("the output of go test has a line that is no event")
    return {key: value for key, value in event.items() if isinstance(value, str)}


def _take(run: _Run, event: Mapping[str, str]) -> None:
    action = event["Action"]
    if action == "build-output":  # since go 1.24
        run.text.append((("", ""), event.get("Output", "")))
        return
    if "Package" not in event:
        return
    test = (event["Package"], event.get("Test", ""))
    run.began.setdefault(test)
    if action == "output":
        _output(run, test, event.get("Output", ""))
    elif action in _ENDINGS:
        _end(run, test, _ENDINGS[action])


def _end(run: _Run, test: Test, status: CaseStatus) -> None:
    """An end that the test program did not tell is that of the package, whose program has left."""
    run.ended[test if test in run.ended else (test[0], "")] = status


def _output(run: _Run, test: Test, text: str) -> None:
    run.text.append((test, text))
    ended = _ENDED.search(text.rstrip("\n"))
    if ended and ended[2] == test[1]:
        run.ended.setdefault(test, _ENDINGS[ended[1].lower()])


def _plain(run: _Run, line: str) -> None:
    broken = _BROKEN.match(line)
    if broken:
        run.began.setdefault((broken[1], ""))
        run.ended[(broken[1], "")] = CaseStatus.FAILED
    run.text.append((("", ""), line + "\n"))


def _require_whole(run: _Run) -> None:
    if not run.began:
        raise Unreadable("go test told of no package")
    for package, _ in run.began:
        if (package, "") not in run.ended:
            raise Unreadable(f"go test did not tell how a package ended: {package[:200]}")


def _cases(run: _Run) -> Iterator[Case]:
    red = {package for package, test in run.began if test and run.status((package, test)) is CaseStatus.FAILED}
    words = _words(run)
    for package, test in run.began:
        status = run.status((package, test))
        if test:
            yield Case(f"{package}.{test}", status, words.get((package, test), ""))
        elif status is CaseStatus.FAILED and package not in red:
            yield Case(package, status, words.get((package, ""), ""))


def _words(run: _Run) -> dict[Test, str]:
    """What the failed tests printed, without the runner's own lines."""
    said: dict[Test, list[str]] = {}
    for test, text in run.text:
        if run.status(test) is CaseStatus.FAILED and not text.lstrip().startswith(("=== ", "--- ", "FAIL")):
            said.setdefault(test, []).append(text.strip())
    return {test: "\n".join(lines).strip() for test, lines in said.items()}


def _told(run: _Run) -> Iterator[str]:
    """As without `-json`: what passed says nothing, what failed says all.

    The line with which a failed test begins stays: its log comes before its end here, and after it without `-json`.
    """
    for test, text in run.text:
        quiet = test[1] and run.status(test) is not CaseStatus.FAILED
        if not quiet and (not _CHATTER.match(text) or text.startswith("=== RUN")) and text != "PASS\n":
            yield text
