"""Runs by pytest, with the options of the command."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .candidate import Candidate, said
from .lines import ROOT, traced
from .screen import Screen

hook = pytest.hookimpl(hookwrapper=True, tryfirst=True)


def take_over(name: str) -> None:
    """Screen instead of the run that imports a plugin of this name."""
    words = [word for word in sys.argv[1:] if word != f"-p{name}"]
    for at in reversed([at for at, word in enumerate(words) if at and words[at - 1 : at + 1] == ["-p", name]]):
        del words[at - 1 : at + 1]
    Screen(Pytest(words)).run()


class Pytest:
    """The zygotes are one before conftests are loaded, and one after."""

    depths = 3

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def run(self, depth: int, become: Callable[[], Candidate]) -> None:
        plugin = Plugin(depth, become)
        cache = f"cache_dir={tempfile.gettempdir()}/cache"  # what failed last time is another candidate's business
        pytest.main(["-o", cache, *self.words], plugins=[plugin])
        if plugin.candidate:
            plugin.candidate.finish("failed" if plugin.candidate.has_failed else "broken")


class Plugin:
    """Of one session. What measures and what spreads over processes is off."""

    def __init__(self, depth: int, become: Callable[[], Candidate]) -> None:
        self.depth, self.become = depth, become
        self.candidate: Candidate | None = None

    @property
    def one(self) -> Candidate:
        if self.candidate is None:
            self.candidate = self.become()
        return self.candidate

    @hook
    def pytest_load_initial_conftests(self, early_config: Any) -> Iterator[None]:
        vars(early_config.known_args_namespace).update(capture="no", cov_source=None)
        if self.depth < 2:
            self.candidate = self.one
        yield

    @hook
    def pytest_cmdline_main(self, config: Any) -> Iterator[None]:
        vars(config.option).update(numprocesses=None, distload=False, dist="no", tx=[], usepdb=False, tbstyle="native")
        yield

    @hook
    def pytest_collection(self, session: Any) -> Iterator[None]:
        names, traces, top = self.one.names, self.one.traces, str(session.config.rootpath)
        if names:
            is_top = Path(top).resolve() == ROOT
            session.config.args = names if is_top else [f"{top}/{name}" for name in names]
        vars(session.config.option).update(maxfail=0 if traces else 1, continue_on_collection_errors=traces)
        yield

    @hook
    def pytest_exception_interact(self, node: Any, call: Any) -> Iterator[None]:
        if isinstance(node, pytest.Collector):
            error = call.excinfo.value
            if isinstance(error, node.CollectError) and error.__cause__:
                error = error.__cause__
            self.one.uncollected(node.nodeid.partition("::")[0], traced(error), said(error))
        yield

    @hook
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        self.one.begin(item.nodeid)
        yield
        self.one.end()

    @hook
    def pytest_runtest_makereport(self, call: Any) -> Iterator[None]:
        outcome: Any = yield
        report = outcome.get_result()
        if report.failed:
            self.one.fail(call.excinfo.value if call.excinfo else AssertionError(report.longrepr))
        elif report.skipped:
            self.one.skip()

    @hook
    def pytest_runtestloop(self, session: Any) -> Iterator[None]:
        self.one.collected()
        outcome: Any = yield
        if self.one.has_failed:
            self.one.finish("failed")
        self.one.finish("broken" if outcome.excinfo or not session.items else "passed")
