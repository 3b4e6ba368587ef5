"""What an attempt taught: the words for the next brief, and a fingerprint by which a repeated failure is known."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from gitbuddy.core.evidence import passed
from gitbuddy.values import Attempt, CheckResult, Refused, Verdict

OUTPUT_CHARACTERS = 3000
"""Characters of output that are shown to a model, over all checks."""
_LEAST_CHARACTERS = 500
_SHOWN_CHECKS = OUTPUT_CHARACTERS // _LEAST_CHARACTERS
_NOISE = re.compile(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)?|/tmp/\S+")


def lesson(attempts: Sequence[Attempt], fence: str = "") -> str:
    """What the last attempt taught, for the end of the next prompt; empty before the first.

    Output of checks stands between marks named `fence`: what model-written code prints is data, too.
    """
    if not attempts or not isinstance(attempts[-1].verdict, Refused):
        return ""
    last, verdict = attempts[-1], attempts[-1].verdict
    parts = [f"Your last answer was refused ({verdict.reason}): {cut(verdict.words, OUTPUT_CHARACTERS)}"]
    if failing := [result for result in last.results if not passed(result)]:
        parts.append(fenced(outputs(failing), fence) if fence else outputs(failing))
    parts.append("It was undone: the files above are unchanged. Answer again, differently.")
    return "\n\n".join(parts)


def fenced(text: str, fence: str) -> str:
    """Data between marks. A mark that stands in the data itself (a model has seen it, and may print it) is broken."""
    body = text.replace(fence, "data")
    return f"<{fence}>\n{body}{'' if body.endswith(chr(10)) else chr(10)}</{fence}>"


def outputs(results: Sequence[CheckResult]) -> str:
    """The output of these checks, each under its name and cut to head and tail, so that all together stay short."""
    shown = results[:_SHOWN_CHECKS]
    share = OUTPUT_CHARACTERS // max(len(shown), 1)
    parts = [
        f"Check `{result.check.name}` ({' '.join(result.check.command)}): {result.status.value}\n"
        f"{cut(result.output.strip(), share)}"
        for result in shown
    ]
    if left := len(results) - len(shown):
        parts.append(f"[... {left} more checks left out ...]")
    return "\n\n".join(parts)


def cut(text: str, characters: int) -> str:
    """Head and tail of a long text, with a line that says how much is missing between them."""
    if len(text) <= characters:
        return text
    head, tail = text[: characters // 3], text[-(characters - characters // 3) :]
    return f"{head}\n[... {len(text) - characters} characters left out ...]\n{tail}"


def fingerprint(verdict: Verdict, results: Sequence[CheckResult]) -> str:
    """A short hash that two attempts share when they failed the same way; numbers, addresses and paths do not count."""
    if not isinstance(verdict, Refused):
        return ""
    failing = [f"{result.check.name}\n{_NOISE.sub('#', result.output)}" for result in results if not passed(result)]
    said = verdict.reason if failing else f"{verdict.reason}\n{_NOISE.sub('#', verdict.words)}"
    told = "\n".join([verdict.stage, said, *failing])
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]
