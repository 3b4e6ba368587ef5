"""What `cargo test` prints: stable Rust has no machine format, so each section must agree with its own count.

Format seen with cargo and rustc 1.63 to 1.95: cargo names each test program, the program lists its tests, then shows
the output of those that failed, then says how many there were.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from gitbuddy.checks.reports import Unreadable
from gitbuddy.checks.reports.lines import numbered
from gitbuddy.values import Case, CaseStatus

_PROGRAM = re.compile(r"^ +Running (?:unittests )?(.+) \((?:.*/)?([^/]+)-[0-9a-f]+(?:\.exe)?\)$")
_DOCUMENTS = re.compile(r"^ +Doc-tests (\S+)$")
_BEGIN = re.compile(r"^running (\d+) tests?$")
_TEST = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored(?:, .*)?)$")
_MEASURED = re.compile(r"^test (.+) \.\.\. bench: ")
_OUTPUT = re.compile(r"^---- (.+?)(?: - should panic)? stdout ----$")
_RESULT = re.compile(r"^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored; (\d+) measured; ")
_SNIPPET = re.compile(r"^(.+?) - (.*)\(line (\d+)\)(?: - .*)?$")
"""A documentation test: file, item and line."""
_THREAD = re.compile(r"^(thread '.*') \(\d+\) panicked", re.MULTILINE)
_STATUS = {"ok": CaseStatus.PASSED, "FAILED": CaseStatus.FAILED}


@dataclass
class _Block:
    """One list of tests, from `running N tests` to `test result:`."""

    section: str
    count: int
    tests: list[tuple[str, CaseStatus]] = field(default_factory=list)
    listing: bool = True
    output: dict[str, list[str]] = field(default_factory=dict)
    shown: str = ""


@dataclass
class _Run:
    """`waiting` is a section whose program was started and has listed nothing yet."""

    sections: Counter[str] = field(default_factory=Counter)
    section: str = ""
    waiting: bool = False
    block: _Block | None = None
    done: list[_Block] = field(default_factory=list)


def read(printed: str) -> tuple[Case, ...]:
    """Cases of all sections. Raises `Unreadable` when a section ends early, miscounts, or there is none."""
    run = _Run()
    for line in printed.split("\n"):
        if run.block is None:
            _between(run, line)
        else:
            _inside(run, run.block, line)
    _require_ended(run)
    if not run.done:
        raise Unreadable("cargo test ran no test program")
    tests = sorted(
        ((block, name, status) for block in run.done for name, status in block.tests),
        key=lambda test: _line(test[1]),  # snippets in the order of their file
    )
    return tuple(numbered(Case(_id(block.section, name), status, _words(block, name)) for block, name, status in tests))


def _between(run: _Run, line: str) -> None:
    begin = _BEGIN.match(line)
    if section := _section(line):
        _require_ended(run)
        run.sections[section] += 1
        number = run.sections[section]
        run.section, run.waiting = section if number == 1 else f"{section} #{number}", True
    elif begin:
        if not run.section:
            raise Unreadable("cargo test lists tests without naming their program")
        run.block, run.waiting = _Block(run.section, _number(begin[1])), False
    elif _RESULT.match(line):
        raise Unreadable(f"a test program gives its result twice: {run.section}")


def _inside(run: _Run, block: _Block, line: str) -> None:
    if _RESULT.match(line):
        _require_agreement(block, line)
        run.done.append(block)
        run.block = None
    elif _section(line):
        _require_ended(run)
    elif not block.listing:
        _failure(block, line)
    elif line in ("failures:", "successes:"):
        block.listing = False
    elif found := _TEST.match(line):
        block.tests.append((found[1], _STATUS.get(found[2], CaseStatus.SKIPPED)))
    elif measured := _MEASURED.match(line):
        block.tests.append((measured[1], CaseStatus.PASSED))


def _failure(block: _Block, line: str) -> None:
    if named := _OUTPUT.match(line):
        block.shown = named[1]
        block.output[block.shown] = []
    elif line == "failures:":
        block.shown = ""
    elif block.shown:
        block.output[block.shown].append(line)


def _section(line: str) -> str:
    """Where the tests of a program are: its file, and its crate where the file does not say it."""
    if documents := _DOCUMENTS.match(line):
        return f"doc::{documents[1]}"
    program = _PROGRAM.match(line)
    if program is None:
        return ""
    file, crate = program[1], program[2]
    return file if PurePosixPath(file).stem == crate else f"{file}::{crate}"


def _require_ended(run: _Run) -> None:
    if run.waiting or run.block is not None:
        raise Unreadable(f"a test program ended before its tests did: {run.section[:200]}")


def _require_agreement(block: _Block, line: str) -> None:
    found = _RESULT.match(line)
    assert found is not None
    passed, failed, ignored, measured = (_number(word) for word in found.groups())
    seen = Counter(status for _, status in block.tests)
    counted = (seen[CaseStatus.PASSED], seen[CaseStatus.FAILED], seen[CaseStatus.SKIPPED])
    if counted != (passed + measured, failed, ignored) or len(block.tests) != block.count:
        raise Unreadable(f"a test program lists other tests than it counts: {block.section[:200]}")


def _number(digits: str) -> int:
    if len(digits) > 9:
        raise Unreadable("cargo test counts more tests than there can be")
    return int(digits)


def _line(name: str) -> int:
    snippet = _SNIPPET.match(name)
    return _number(snippet[3]) if snippet else 0


def _id(section: str, name: str) -> str:
    """Lines move with every edit, so a snippet is known by its item and its place among the snippets of that item."""
    snippet = _SNIPPET.match(name) if section.startswith("doc::") else None
    return f"{snippet[1]}::{section}::{snippet[2].strip()}".removesuffix("::") if snippet else f"{section}::{name}"


def _words(block: _Block, name: str) -> str:
    return _THREAD.sub(r"\1 panicked", "\n".join(block.output.get(name, ()))).strip()
