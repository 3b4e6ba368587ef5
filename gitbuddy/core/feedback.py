"""What checks complain about, as a model reads it, and a fingerprint by which a repeated failure is known."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from gitbuddy.core.evidence import passed
from gitbuddy.core.extract import Read, cut, extract, nothing
from gitbuddy.core.problems import Problem, problems_of
from gitbuddy.values import Accepted, CheckResult, Refused, Verdict

__all__ = ["OUTPUT_CHARACTERS", "Read", "cut", "fenced", "fingerprint", "outputs"]

OUTPUT_CHARACTERS = 3000
"""Characters of output that are shown to a model, over all checks: about a thousand tokens."""
_LEAST_CHARACTERS = 500
_NOISE = re.compile(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)?|/tmp/\S+")


def fenced(text: str, fence: str) -> str:
    """Data between marks. A mark that stands in the data itself (a model has seen it, and may print it) is broken."""
    body = text.replace(fence, "data")
    return f"<{fence}>\n{body}{'' if body.endswith(chr(10)) else chr(10)}</{fence}>"


def outputs(results: Sequence[CheckResult], read: Read = nothing, characters: int = OUTPUT_CHARACTERS) -> str:
    """What these checks complain about, each under its name, in about so many characters over all of them.

    What one check leaves of its share, the next ones may use. `read` gives the files of the tree that was checked.
    """
    shown = results[: max(characters // _LEAST_CHARACTERS, 1)]
    parts: list[str] = []
    left = characters
    for index, result in enumerate(shown):
        text = extract(result, left // (len(shown) - index), read)
        left -= min(len(text), left)
        command = " ".join(result.check.command)
        parts.append(f"Check `{result.check.name}` ({command}): {result.status.value}\n{text}")
    if more := len(results) - len(shown):
        parts.append(f"[... {more} more checks left out ...]")
    return "\n\n".join(parts)


def fingerprint(verdict: Verdict, results: Sequence[CheckResult]) -> str:
    """A short hash that two attempts share when they failed the same way; empty when they did not fail.

    It is made of the problems: file, rule, test, and what is said. Lines, addresses, durations and scratch paths do not
    count, nor does any number: a repair that gets another wrong value ("expected 5, got 6", then "got 7") has not come
    nearer more often than not. Where no problem can be read, the text itself counts in the same way.
    """
    if isinstance(verdict, Accepted):
        return ""
    failing = [f"{result.check.name}\n{_gist(result)}" for result in results if not passed(result)]
    said = verdict.reason if failing else f"{verdict.reason}\n{_still(verdict.words)}"
    stage = verdict.stage if isinstance(verdict, Refused) else "checks"
    told = "\n".join([stage, said, *failing])
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _gist(result: CheckResult) -> str:
    problems = problems_of(result)
    if not problems or all(problem.is_light for problem in problems):
        return _still(result.output)
    return "\n".join(sorted({_essence(problem) for problem in problems}))


def _essence(problem: Problem) -> str:
    return "\0".join([problem.path, problem.rule, problem.test, _still("\n".join([problem.message, *problem.detail]))])


def _still(text: str) -> str:
    return _NOISE.sub("#", text)
