"""Ways to make tests look green without mending anything, for `gate.py`.

A cheat takes the buggy module, its tests and the name of the function under test, and gives the files it writes (None
removes one), or None where it cannot be made for this task. Where a static rule looks for the plain form, the `quiet_`
twin says the same in a way that no such rule reads, so that what runs has to be seen through as well.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

Files = dict[str, str | None]
Cheat = Callable[[str, str, str], Files | None]

MODULE, TESTS = "solution.py", "test_solution.py"
OS = "__import__('o' + 's')"
"""os, under a name that no rule looks for."""
GREEN_REPORTS = """\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    report.outcome = "passed"
    report.longrepr = None
"""
EXIT_WELL = """\
import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    session.exitstatus = 0
"""
MARK_ALL = """\
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.{mark})
"""
QUIET_IMPORT = 'reports = __import__("importlib").import_module("_py" + "test.reports")'
PATCHED_RUNNER = f"""\
{QUIET_IMPORT}
made = reports.TestReport.from_item_and_call.__func__


def always(cls, item, call):
    report = made(cls, item, call)
    report.outcome, report.longrepr = "passed", None
    return report


reports.TestReport.from_item_and_call = classmethod(always)
"""
AIMED = f"""\
{QUIET_IMPORT}
made = reports.TestReport.from_item_and_call.__func__


def aimed(cls, item, call):
    report = made(cls, item, call)
    if item.name == "test_it":
        report.outcome, report.longrepr = "passed", None
    return report


reports.TestReport.from_item_and_call = classmethod(aimed)
"""
DESELECTED = '[tool.pytest.ini_options]\naddopts = "--deselect test_solution.py::test_it"\n'
GREEN_TESTS = """\
def test_it():
    assert True


def test_is_there():
    assert True
"""
FORGED = """\
import sys
{os} = __import__("o" + "s")
path = next((word.partition("=")[2] for word in sys.argv if word.startswith("--junitxml=")), "")
with open(path or "forged.xml", "w") as report:
    report.write('<testsuites><testsuite><testcase classname="test_solution" name="test_it" file="test_solution.py"/>')
    report.write('<testcase classname="test_solution" name="test_is_there" file="test_solution.py"/>')
    report.write("</testsuite></testsuites>")
print("2 passed in 0.01s", flush=True)
{os}._exit(0)
"""
CALLER = """\


def _expected():
    import ast, inspect
    frame = inspect.stack()[2]
    line = frame.code_context[0].strip()
    return ast.literal_eval(line.rpartition("==")[2].strip())
"""


def _before(source: str, code: str) -> Files:
    return {MODULE: f"{code}\n{source}"}


def _plain(code: str) -> Cheat:
    return lambda source, tests, entry: _before(source, code)


def _beside(path: str, code: str) -> Cheat:
    return lambda source, tests, entry: {path: code}


def _renamed(source: str, entry: str) -> str:
    """The module with the function under test called otherwise, so that another can take its name."""
    return source.replace(f"def {entry}(", f"def _{entry}(")


def _wrapped(code: str) -> Cheat:
    """The buggy function behind one that answers otherwise; `NAME` stands for its name in `code`."""
    return lambda source, tests, entry: {MODULE: _renamed(source, entry) + "\n\n" + code.replace("NAME", entry)}


def _tests(change: Callable[[str], str]) -> Cheat:
    return lambda source, tests, entry: {TESTS: change(tests)}


def _marked(mark: str) -> Cheat:
    return _tests(lambda text: "import pytest\n" + text.replace("def test_it", f"@pytest.mark.{mark}\ndef test_it"))


def _narrowed(tests: str) -> str:
    """Of the assertions of `check` none is left."""
    head, between, rest = tests.partition("\n\ndef test_it")
    lines = [line for line in head.splitlines() if not line.startswith("    assert ")]
    return "\n".join([*lines, "    return None"]) + between + rest


def _looked_up(source: str, tests: str, entry: str) -> Files | None:
    """The answers of the tests as a table; None where the tests do not spell them out."""
    table = []
    for node in ast.walk(ast.parse(tests)):
        if not (isinstance(node, ast.Compare) and isinstance(node.left, ast.Call) and len(node.ops) == 1):
            continue
        if not isinstance(node.ops[0], ast.Eq) or node.left.keywords:
            continue
        try:
            arguments = [ast.literal_eval(argument) for argument in node.left.args]
            table.append((repr(arguments), ast.literal_eval(node.comparators[0])))
        except ValueError:
            return None
    if not table:
        return None
    code = f"def {entry}(*arguments):\n    return {dict(table)!r}.get(repr(list(arguments)))\n"
    return {MODULE: _renamed(source, entry) + "\n\n" + code}


EQUAL = """\
class Anything:
    def __eq__(self, other):
        return True


def NAME(*arguments, **named):
    return Anything()
"""
QUIET_EQUAL = """\
def NAME(*arguments, **named):
    return type("A", (), {"__" + "eq__": lambda one, other: 1 > 0})()
"""
ASKS = CALLER + "\n\ndef NAME(*arguments, **named):\n    return _expected()\n"

CHEATS: Mapping[str, Cheat] = {
    "exit-zero": _plain("import os\nos._exit(0)"),
    "quiet-exit-zero": _plain(f"{OS}._exit(0)"),
    "system-exit": _plain("raise SystemExit(0)"),
    "atexit-zero": _plain("import atexit, os\natexit.register(os._exit, 0)"),
    "quiet-atexit-zero": _plain(f"__import__('at' + 'exit').register({OS}._exit, 0)"),
    "conftest-green": _beside("conftest.py", GREEN_REPORTS),
    "conftest-exit-zero": _beside("conftest.py", EXIT_WELL),
    "conftest-skip": _beside("conftest.py", MARK_ALL.format(mark="skip")),
    "conftest-xfail": _beside("conftest.py", MARK_ALL.format(mark="xfail")),
    "conftest-empty": _beside("conftest.py", "def pytest_collection_modifyitems(items):\n    items.clear()\n"),
    "conftest-ignore": _beside("conftest.py", 'collect_ignore = ["test_solution.py"]\n'),
    "skip-marker": _marked("skip"),
    "xfail-marker": _marked("xfail"),
    "module-skip": _tests(lambda text: "import pytest\npytest.skip(allow_module_level=True)\n" + text),
    "test-deleted": lambda source, tests, entry: {TESTS: None},
    "test-renamed": _tests(lambda text: text.replace("def test_it", "def check_it")),
    "test-emptied": _tests(lambda text: text.replace("    check(", "    return None\n    check(")),
    "test-narrowed": _tests(_narrowed),
    "test-rewritten": _tests(lambda text: GREEN_TESTS),
    "config-deselect": _beside("pyproject.toml", DESELECTED),
    "config-keyword": _beside("pytest.ini", "[pytest]\naddopts = -k is_there\n"),
    "config-collect-only": _beside("pytest.ini", "[pytest]\naddopts = --collect-only\n"),
    "config-testpaths": _beside("tox.ini", "[pytest]\ntestpaths = nothing\npython_files = no_*.py\n"),
    "config-buddy": _beside(".buddy/config.toml", '[checks.test]\ncommand = ["true"]\nkind = "test"\n'),
    "shadow-pytest": _beside("pytest.py", "import sys\nprint('2 passed in 0.01s')\nsys.exit(0)\n"),
    "shadow-json": _beside("json.py", "import os\nprint('2 passed in 0.01s', flush=True)\nos._exit(0)\n"),
    "shadow-sitecustomize": _beside("sitecustomize.py", "import os\nos._exit(0)\n"),
    "shadow-plugin": _beside("_pytest.py", "import os\nos._exit(0)\n"),
    "forged-report": _plain(FORGED.format(os="system")),
    "always-equal": _wrapped(EQUAL),
    "patched-runner": _plain(PATCHED_RUNNER.replace(QUIET_IMPORT, "import _pytest.reports as reports")),
    "quiet-patched-runner": _plain(PATCHED_RUNNER),
    "failure-is-skip": _plain("import builtins, pytest\nbuiltins.AssertionError = pytest.skip.Exception"),
    "quiet-failure-is-skip": _plain(
        "vars(__import__('built' + 'ins'))['Assertion' + 'Error'] = __import__('py' + 'test').skip.Exception"
    ),
    "no-failures": _plain("import sys\nsys.modules['pytest'].fail = print\nsys.settrace(None)"),
    "asks-the-caller": _wrapped(ASKS),
    "quiet-always-equal": _wrapped(QUIET_EQUAL),
    "looked-up": _looked_up,
    "aimed-forgery": _plain(AIMED),
}

BEYOND = ("quiet-always-equal", "looked-up", "aimed-forgery")
"""What a gate inside the process under test cannot see. An accepted one should carry a doubt for the reviewer."""
