"""A pytest plugin that adds negative controls: tests that must fail, so that a runner which only says "passed" is seen.

The environment variable names them and the exit code for "nothing else failed". They look like tests of the project:
functions of one of its modules, under random names. They are kept out of the terminal, not out of the report.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

VARIABLE = "GITBUDDY_CONTROLS"
_FACTS = os.environ.pop(VARIABLE, "")


def _unequal() -> None:
    found, expected = len("control"), 8
    assert found == expected


def _raises() -> None:
    raise ValueError("control")


class Alone(pytest.Item):
    """A control in a session without a Python module, e.g. one of doctests in text files."""

    def runtest(self) -> None:
        _unequal()


class Controls:
    """The plugin of one session. `facts` is "<exit code> <name> <name>"."""

    def __init__(self, facts: str) -> None:
        self.facts = facts
        green, *self._names = facts.split()
        self._green = int(green)
        self._ids: set[str] = set()
        self._failed = 0

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> Iterator[None]:
        yield  # outermost: what selects and orders tests has done so
        if items:
            made = self._made(session, items)
            self._ids = {item.nodeid for item in made}
            items.extend(made)

    def _made(self, session: pytest.Session, items: list[pytest.Item]) -> list[pytest.Item]:
        modules = [item.getparent(pytest.Module) for item in items if isinstance(item, pytest.Function)]
        module = next((module for module in modules if module is not None), None)
        if module is None:
            return [Alone.from_parent(session, name=name) for name in self._names]
        deeds = (_unequal, _raises)
        return [
            pytest.Function.from_parent(module, name=name, callobj=deeds[number % 2])
            for number, name in enumerate(self._names)
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        return ("", "", "") if self._is_control(report.nodeid) else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self._is_control(report.nodeid):
            self._failed += 1

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        yield  # outermost: coverage limits and the like have been judged
        if session.exitstatus == 1 and 0 < session.testsfailed == self._failed:
            session.exitstatus = self._green

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["gitbuddy"] = self.facts  # xdist: every worker must collect the same tests

    def _is_control(self, nodeid: str) -> bool:
        # By name as well: with xdist the controller collects nothing itself.
        return nodeid in self._ids or nodeid.rpartition("::")[2] in self._names


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", {})
    if facts := worker.get("gitbuddy", _FACTS):
        config.pluginmanager.register(Controls(facts), "gitbuddy-controls")
