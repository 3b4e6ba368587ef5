"""`python -m unittest` that also writes a JUnit report and runs negative controls, which must fail.

The environment variable says "<exit code> <report> <name> <name>": the code for "nothing else failed". The controls are
kept out of the terminal, not out of the report.
"""

from __future__ import annotations

import inspect
import os
import sys
import unittest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

VARIABLE = "GITBUDDY_CONTROLS"
__unittest = True  # frames of this module are left out of tracebacks


class Control(unittest.TestCase):
    """Made once for each name."""

    def __init__(self, name: str) -> None:
        setattr(self, name, lambda: self.assertEqual(len("control"), 8))
        super().__init__(name)


class Result(unittest.TextTestResult):
    """Remembers the worst of each test, and says nothing of the controls."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.endings: list[tuple[str, str, str]] = []

    def startTest(self, test: unittest.TestCase) -> None:
        if not isinstance(test, Control):
            super().startTest(test)

    def stopTest(self, test: unittest.TestCase) -> None:
        if not isinstance(test, Control):
            super().stopTest(test)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._note(test, "passed")
        if not isinstance(test, Control):
            super().addSuccess(test)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self._note(test, "failed", err)
        if not isinstance(test, Control):
            super().addError(test, err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._note(test, "failed", err)
        if not isinstance(test, Control):
            super().addFailure(test, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._note(test, "skipped")
        super().addSkip(test, reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._note(test, "skipped")
        super().addExpectedFailure(test, err)

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self._note(test, "failed")
        super().addUnexpectedSuccess(test)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        if err is not None:
            self._note(test, "failed", err)
        super().addSubTest(test, subtest, err)

    def _note(self, test: unittest.TestCase, status: str, err: Any = None) -> None:
        words = f"{err[0].__name__}: {err[1]}" if err else ""
        self.endings.append((_id(test), status, words[:500]))


def main() -> int:
    """Run as `unittest.main` does; the exit code."""
    green, report, *names = os.environ.pop(VARIABLE).split()
    results: list[Result] = []

    class Runner(unittest.TextTestRunner):
        resultclass = Result

        def run(self, test: Any) -> Any:
            result = super().run(unittest.TestSuite([test, *map(Control, names)]))
            assert isinstance(result, Result)
            results.append(result)
            return result

    argv = [f"{Path(sys.executable).name} -m unittest", *sys.argv[1:]]
    unittest.main(module=None, argv=argv, testRunner=Runner, exit=False)
    result = results[0]
    _write(Path(report), result.endings)
    if not result.wasSuccessful():
        return 1
    failed = {ending[0] for ending in result.endings if ending[1] == "failed"}
    if not set(names) <= failed:
        return 1
    return int(green) if result.testsRun or result.skipped else 5


def _id(test: unittest.TestCase) -> str:
    """`file::Class::method`, the file from the top of the project; a module that cannot be imported is its file."""
    if isinstance(test, Control):
        return test.id().rpartition(".")[2]
    name = test.id()
    if type(test).__name__ == "_FailedTest":
        return _file_of(name.partition("_FailedTest.")[2])
    try:
        file = Path(inspect.getfile(type(test))).resolve().relative_to(Path.cwd())
    except (TypeError, ValueError, OSError):
        return name
    if type(test).__module__ == "unittest.suite":  # a class or module that could not be set up
        return name
    return f"{file.as_posix()}::{type(test).__qualname__}::{name.rpartition('.')[2]}"


def _file_of(module: str) -> str:
    for folder in sys.path:
        file = Path(folder, *module.split(".")).with_suffix(".py").resolve()
        if file.is_file() and Path.cwd() in file.parents:
            return file.relative_to(Path.cwd()).as_posix()
    return module


def _write(path: Path, endings: list[tuple[str, str, str]]) -> None:
    suite = Tree.Element("testsuite")
    for name, status, words in endings:
        case = Tree.SubElement(suite, "testcase", {"name": _plain(name)})
        if status != "passed":
            Tree.SubElement(case, {"failed": "failure"}.get(status, status), {"message": _plain(words)})
    Tree.ElementTree(suite).write(path, encoding="utf-8")


def _plain(text: str) -> str:
    """XML has no place for control characters and lone surrogates."""
    return "".join(char if char.isprintable() or char in "\n\t" else "?" for char in text)


if __name__ == "__main__":
    sys.exit(main())
