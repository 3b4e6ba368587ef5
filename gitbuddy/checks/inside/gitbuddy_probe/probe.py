"""Tests run once with functions that tell of their calls; the answer is made of these."""

from __future__ import annotations

import ast
import builtins
import contextlib
import inspect
import io
import json
import os
import sys
import time
import tokenize
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import nearby, trial

VARIABLE = "GITBUDDY_PROBE"
HOOK = "__gitbuddy_probe__"
OPTIONS = {"numprocesses": 0, "dist": "no", "tx": [], "maxfail": 0, "continue_on_collection_errors": True}
MOST_RECORDED, MOST_SKIPPED = 200, 100
_LINE = {"module": str, "folders": list, "function": int, "passing": bool}
TOLD = ({**_LINE, "values": dict}, {**_LINE, "values": type(None)})
GARBLED = (ValueError, SyntaxError, TypeError, LookupError, AttributeError, MemoryError, RecursionError)
_PLACES = os.environ.pop(VARIABLE, "")
_SESSION: list[Recorder] = []


class Recorder:
    """Tells of the calls of some functions, in the process that runs the tests."""

    def __init__(self, pipe: int, order: dict[str, Any], functions: list[Any]) -> None:
        self.pipe, self.functions = pipe, functions
        self.failing = set(map(str, order.get("failing", [])))
        self.tests = {*map(str, order["tests"]), *self.failing}
        self.test, self.left = "", 0
        self.calls: dict[str, set[bool]] = {}
        self.counts = [0] * len(functions)

    def note(self, index: int) -> None:
        """The first thing that a function does."""
        frame = sys._getframe(1)
        above = frame.f_back
        while above is not None and above.f_code is not frame.f_code:
            above = above.f_back
        if above is None:
            function = self.functions[index]
            values = {name: frame.f_locals[name] for name in function.names()}
            told = {"module": frame.f_globals["__name__"], "folders": sys.path, "function": index, "values": None}
            if all(map(nearby.is_plain, values.values())) and function.is_its_own(frame.f_locals):
                told["values"] = {name: nearby.shown(value) for name, value in values.items()}
            self.tell(index, told)

    def tell(self, index: int, told: dict[str, Any]) -> None:
        passing = self.test in self.tests and self.test not in self.failing
        text = f"{index} {told['values']}"
        if text not in self.calls and self.counts[index] < max(1, MOST_RECORDED // len(self.functions)):
            self.calls[text] = set()
            self.counts[index] += told["values"] is not None
        if passing not in self.calls.get(text, {passing}):
            self.calls[text].add(passing)
            trial.say(self.pipe, {**told, "passing": passing})


def pytest_configure(config: Any) -> None:
    if _SESSION:
        files = dict.fromkeys(name.partition("::")[0] for name in sorted(_SESSION[0].tests))
        paths = [config.rootpath / name for name in files]
        config.args = [str(path) for path in paths if path.exists()] or config.args
        for name, value in OPTIONS.items():
            setattr(config.option, name, value)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    if _SESSION:
        items[:] = [item for item in items if item.nodeid in _SESSION[0].tests]
        _SESSION[0].left = len(items)


def pytest_runtest_logstart(nodeid: str) -> None:
    if _SESSION:
        _SESSION[0].test = nodeid


def pytest_runtest_logfinish() -> None:
    if _SESSION:
        _SESSION[0].test = ""
        _SESSION[0].left -= 1
        if not _SESSION[0].left:
            os._exit(0)


class Result(unittest.TestResult):
    """Says which test runs."""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        _SESSION[0].test = name_of(test)


class Runner:
    """Runs the named tests only."""

    def run(self, suite: Any, /) -> unittest.TestResult:
        chosen = unittest.TestSuite(test for test in flat(suite) if name_of(test) in _SESSION[0].tests)
        return chosen.run(Result())


RUNNER: Any = Runner()


def flat(suite: Any) -> Iterator[unittest.TestCase]:
    for one in suite if isinstance(suite, unittest.TestSuite) else ():
        yield from flat(one) if isinstance(one, unittest.TestSuite) else (one,)


def name_of(test: unittest.TestCase) -> str:
    file = os.path.relpath(os.path.realpath(inspect.getfile(type(test))))
    return f"{Path(file).as_posix()}::{type(test).__qualname__}::{test.id().rpartition('.')[2]}"


class Source:
    """A file, and its bytes with edits in it."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.encoding, _ = tokenize.detect_encoding(io.BytesIO(self.data).readline)
        self.text = self.data.decode(self.encoding)

    def edited(self, edits: list[Any]) -> bytes:
        """The edits do not overlap; positions are characters of the text."""
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text.encode(self.encoding)


def watched(data: bytes, names: list[str]) -> tuple[Any, list[Any], list[str]]:
    """The program in which functions say that they are called, those functions, and why others are left out."""
    tree = ast.parse(data)
    functions: list[Any] = []
    skipped: list[str] = []
    for function in nearby.functions_of(tree, names):
        if function.needs:
            skipped.append(f"{function.name}: {function.needs}")
            continue
        call: Any = ast.parse(f"{HOOK}({len(functions)})").body[0]
        at = int(ast.get_docstring(function.node) is not None)
        for part in ast.walk(call):
            ast.copy_location(part, function.node.body[0])
        function.node.body.insert(at, call)
        functions.append(function)
    return tree, functions, skipped


def record(path: str, data: bytes, order: dict[str, Any]) -> tuple[list[Any], list[Any], list[str]] | None:
    """The functions, what was told of their calls, and what was skipped; None in the process that is to run tests."""
    program, functions, skipped = watched(data, [str(name) for name in order["functions"]])
    pid, pipe = trial.start()
    if not pid:
        _SESSION.append(Recorder(pipe, order, functions))
        setattr(builtins, HOOK, _SESSION[0].note)
        trial.lay_over(path, data, program)
        return None
    return functions, trial.heard(pid, pipe, time.monotonic() + order["seconds"]), skipped


def probe() -> bool:
    """False in the process that is to run the tests; otherwise the answer is written."""
    places = json.loads(_PLACES)
    order = json.loads(Path(places["order"]).read_text())
    path, source = os.path.realpath(order["path"]), Source(Path(order["path"]))
    variants = {str(one["id"]): source.edited(one["edits"]) for one in order["variants"]}
    first = next(iter(variants))
    recorded = record(path, variants[first], order)
    if recorded is None:
        return False
    functions, lines, skipped = recorded
    told = [one for one in lines if isinstance(one, dict) and {key: type(value) for key, value in one.items()} in TOLD]
    known, passing = gathered(functions, told)
    for number, function in enumerate(functions):
        if not any(index == number for index, _ in known):
            heard = any(one["function"] == number for one in told)
            skipped.append(f"{function.name}: {'no call with plain arguments' if heard else 'no test calls it'}")
    calls = [*passing, *nearby.nearby(functions, known, int(order["most"]))] if known else []
    files = {"base": source.data, **variants, "": variants[first]}
    tried = trial.Trial(path, told[0]["module"] if told else "", told[0]["folders"] if told else [])
    share = order["seconds"] / len(files)
    outcomes = {
        name: tried.outcomes(data, calls, order["each"], share) if calls else [] for name, data in files.items()
    }
    again = outcomes.pop("")
    kept, missed = [], 0
    for number, call in enumerate(calls):
        if outcomes[first][number] != again[number] and trial.UNTRIED not in (outcomes[first][number], again[number]):
            skipped.append(f"{nearby.cut(call)}: not the same when repeated")
        elif any(found[number] != trial.UNTRIED for found in outcomes.values()):
            kept.append(number)
        else:
            missed += 1
    if missed:
        skipped.append(f"inputs that could not be run: {missed}")
    inputs = [{"call": calls[n], "recorded": n < len(passing), "passing": passing.get(calls[n], False)} for n in kept]
    chosen = {name: [found[n] for n in kept] for name, found in outcomes.items()}
    write(Path(places["answer"]), {"inputs": inputs, "outcomes": chosen, "skipped": skipped[:MOST_SKIPPED]})
    return True


def gathered(functions: list[Any], told: list[Any]) -> tuple[list[Any], dict[str, bool]]:
    """Functions (by number) with the values of their parameters, failing tests' first; calls, and if only passing."""
    passing: dict[str, bool] = {}
    known: dict[str, Any] = {}
    for one in told:
        if one["values"] is not None:
            with contextlib.suppress(*GARBLED):
                values = {name: ast.literal_eval(text) for name, text in one["values"].items()}
                call = functions[one["function"]].call(values)
                known[call] = (one["function"], values)
                passing[call] = passing.get(call, True) and bool(one["passing"])
    return [known[call] for call in sorted(known, key=lambda call: (passing[call], len(call)))], passing


def write(path: Path, answer: dict[str, Any]) -> None:
    """Whole or not at all, whatever lies there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(json.dumps(answer))
    half.replace(path)


def take_over() -> None:
    """Probe instead of the run that has just begun; returns in the process that is to run the tests."""
    if probe():
        os._exit(0)
