"""Runs by unittest, with the arguments of the command."""

from __future__ import annotations

import re
import sys
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .candidate import Candidate
from .lines import inside

_PLACE = re.compile(r'File "(.+?)", line (\d+)')
__unittest = True  # frames of this module are left out of tracebacks


class Unittest:
    """There is nothing that could be loaded before the tests are."""

    depths = 1

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def run(self, depth: int, become: Callable[[], Candidate]) -> None:
        candidate = become()

        class Runner(unittest.TextTestRunner):
            def run(self, test: Any) -> Any:
                run_suite(candidate, test)

        argv = ["python -m unittest", *self.words]
        unittest.main(module=None, argv=argv, testRunner=Runner, testLoader=Loader(candidate.names), exit=False)


class Loader(unittest.TestLoader):
    """Discovers only the files of the named tests."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.files = {name.partition("::")[0] for name in names}
        self.takes_all = not names or any(not file.endswith(".py") for file in self.files)

    def _match_path(self, path: str, full_path: str, pattern: str) -> bool:
        is_named = self.takes_all or inside(full_path) in self.files
        return is_named and super()._match_path(path, full_path, pattern)


class Result(unittest.TestResult):
    """Tells the candidate."""

    def __init__(self, candidate: Candidate) -> None:
        super().__init__()
        self.candidate = candidate

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.candidate.begin(id_of(test))

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.candidate.end()

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self.candidate.fail(err[1])

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self.candidate.fail(err[1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.candidate.skip()

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        self.candidate.skip()

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.candidate.fail(AssertionError("unexpected success"))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        if err:
            self.candidate.fail(err[1])


def run_suite(candidate: Candidate, suite: Any) -> None:
    candidate.collected()
    names = set(candidate.names)
    chosen = [test for test in tests_in(suite) if not names or names & {id_of(test), test.id()}]
    lost = [test for test in chosen if is_lost(test)]
    if not candidate.traces and (lost or len(chosen) < len(names)):
        candidate.finish("broken")
    for test in lost:
        words = str(test._exception).strip()
        trace = [(inside(file), int(line)) for file, line in _PLACE.findall(words)]
        candidate.uncollected(id_of(test), [place for place in trace if place[0]], words.rpartition("\n")[2][:300])
    good = [test for test in chosen if test not in lost]
    unittest.TestSuite(good).run(Result(candidate))
    candidate.finish("failed" if candidate.has_failed else "passed" if good else "broken")


def is_lost(test: Any) -> bool:
    """Whether it stands for a module that cannot be imported."""
    return type(test).__name__ == "_FailedTest"


def tests_in(suite: Any) -> Iterator[Any]:
    if isinstance(suite, unittest.TestSuite):
        for part in suite:
            yield from tests_in(part)
    else:
        yield suite


def id_of(test: Any) -> str:
    """As in our reports."""
    name: str = test.id()
    if is_lost(test):
        name = name.partition("_FailedTest.")[2]
        files = (Path(folder, *name.split(".")).with_suffix(".py") for folder in sys.path)
        return next((inside(str(file)) for file in files if inside(str(file)) and file.is_file()), name)
    file = inside(getattr(sys.modules.get(type(test).__module__), "__file__", None) or "")
    return f"{file}::{type(test).__qualname__}::{name.rpartition('.')[2]}" if file else name
