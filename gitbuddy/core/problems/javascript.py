"""jest, vitest, and Node's own runner in both of its forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Place, Problem, plain, thrown, until

_AT = re.compile(
    r"[ \t]*(?:at (?:.*\()?|\u276f (?:\S.* )?|(?:\S.* )?\()"
    r"(?:file://)?(?P<path>[^\s():]+):(?P<line>\d+):\d+\)?(?: \{)?$"
)
_LOOSE_AT = re.compile(r"[ \t]+(?:at |\u276f )\S")
_CODE = re.compile(r"[ \t]*>?[ \t]*\d+ ?\|(?: |$)|[ \t]+\|[ \t]*\^")

_JEST_FILE = re.compile(r"FAIL (?P<path>\S+)")
_JEST = re.compile(r"  \u25cf (?P<name>\S.*)$")
_JEST_STOP = re.compile(r"  \u25cf \S|(?:FAIL|PASS) \S|Test Suites: |Summary of all failing tests")

_VITEST = re.compile(r" FAIL  (?P<name>\S.*)$")
_VITEST_STOP = re.compile(r"\u23af{3,}| FAIL  \S")

_NODE_PART = re.compile(r"\u2716 failing tests:$")
_NODE = re.compile(r"[ \t]*\u2716 (?P<name>\S.*?) \([\d.]+ms\)$")
_NODE_AT = re.compile(r"test at (?P<path>[^\s:]+):(?P<line>\d+):\d+$")
_NODE_STOP = re.compile(r"test at \S+:\d+:\d+$|[ \t]*[\u2716\u2714\u25b6\u2139] ")
_OBJECT = re.compile(r"[ \t]*(?:\[cause\]: )?\{$|.*\) \{$|[ \t]*at .* \{$")

_TAP = re.compile(r"(?P<indent>[ \t]*)not ok \d+ - (?P<name>\S.*?)(?P<mark> # (?:TODO|SKIP).*)?$")
_YAML = re.compile(r"(?P<indent>[ \t]*)(?P<key>\w+): (?P<value>.+)$")


def jest(lines: Sequence[str]) -> Iterator[Found]:
    path = ""
    for index, line in enumerate(lines):
        if match := _JEST_FILE.match(line):
            path = plain(match["path"])
            yield Found(index, index + 1)
        elif (match := _JEST.match(line)) and path:
            end = until(lines, index + 1, _JEST_STOP)
            name = match["name"].strip()
            test = path if name == "Test suite failed to run" else name
            yield Found(index, end, _problem(lines[index + 1 : end], test, path))


def vitest(lines: Sequence[str]) -> Iterator[Found]:
    for index, line in enumerate(lines):
        if match := _VITEST.match(line):
            end = until(lines, index + 1, _VITEST_STOP)
            test = re.sub(r" \[.*\]$", "", match["name"].strip())
            yield Found(index, end, _problem(lines[index + 1 : end], test, test.partition(" > ")[0]))


def node(lines: Sequence[str]) -> Iterator[Found]:
    """The form for people: everything failed is told once more at the end, with its place; that is what is read."""
    part = until(lines, 0, _NODE_PART)
    told = part < len(lines)
    for index in range(part + 1 if told else 0, len(lines)):
        if match := _NODE.match(lines[index]):
            at = _NODE_AT.match(lines[index - 1]) if index else None
            end = until(lines, index + 1, _NODE_STOP)
            body = lines[index + 1 : end]
            if at or any(line.strip() for line in body):  # a suite is told as failed, too, and says nothing
                yield Found(index - bool(at), end, _problem(body, match["name"], at["path"] if at else ""))
    if told:
        first = until(lines, 0, _NODE)
        yield Found(first, until(lines, first, re.compile("\u2139 tests ")))
        yield Found(part, part + 1)


def tap(lines: Sequence[str]) -> Iterator[Found]:
    for index, line in enumerate(lines):
        if not (match := _TAP.match(line)) or match["mark"]:
            continue
        end = index + 1
        if end < len(lines) and lines[end].strip() == "---":
            end = until(lines, end, re.compile(r"[ \t]*\.\.\.$")) + 1
        yield Found(index, end, _of_yaml(lines[index + 2 : end - 1], match["name"]))


def _of_yaml(block: Sequence[str], test: str) -> Problem | None:
    """A problem of Node's block of facts; None for a suite that failed because a test in it did."""
    facts = _facts(block)
    if "subtestsFailed" in facts.get("failureType", [""])[0]:
        return None
    said = facts.get("error", [])
    name = facts.get("name", [""])[0]
    if said and name and name != "AssertionError":
        said = [f"{name}: {said[0]}", *said[1:]]
    if len(said) == 1:
        said = [*said, *(f"{key}: {value}" for key in ("expected", "actual") for value in facts.get(key, [])[:1])]
    return thrown(said, _places(facts.get("stack", []) or [f"({facts.get('location', [''])[0]})"]), test)


def _facts(block: Sequence[str]) -> dict[str, list[str]]:
    facts: dict[str, list[str]] = {}
    outer = min((len(line) - len(line.lstrip()) for line in block if line.strip()), default=0)
    key = ""
    for line in block:
        match = _YAML.match(line)
        if match and len(match["indent"]) == outer:
            key = match["key"]
            value = match["value"].strip("'\"")
            facts[key] = [] if value in ("|-", "|", ">-") else [value]
        elif key:
            facts[key].append(line)
    return facts


def _problem(body: Sequence[str], test: str, path: str) -> Problem:
    """What stands above the source and the calls is said; a second block of source belongs to outer calls."""
    end = next((index for index, line in enumerate(body) if _starts_trace(line)), len(body))
    code = [line for line in body[end:] if _CODE.match(line)]
    made = thrown(body[:end], _places(body[end:]), test, code[:6])
    return made if made.path else Problem(path, None, made.message, "", None, test, made.detail, made.trace)


def _starts_trace(line: str) -> bool:
    return bool(_CODE.match(line) or _LOOSE_AT.match(line) or (_OBJECT.match(line) and "at " in line))


def _places(lines: Sequence[str]) -> list[Place]:
    """JavaScript tells the innermost call first."""
    places = [Place(plain(match["path"]), int(match["line"])) for match in map(_AT.match, lines) if match]
    return places[::-1]
