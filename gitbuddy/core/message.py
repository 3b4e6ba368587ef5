"""Names and messages of what lands: branch slug, commit message, trailers. Generated from facts, never by a model."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from gitbuddy.core.evidence import passed
from gitbuddy.values import Accepted, Attempt, Task, Unverified

Attribution = Literal["assisted-by", "co-authored-by", "none"]
SUBJECT_CHARACTERS = 72
TEXT_CHARACTERS = 2000
"""Characters of a task's text that a commit message quotes; the record holds all of it."""
_HIDDEN = ("Cc", "Cf", "Cs", "Co")
_SKIP = re.compile(r"\[([^\[\]\n]{0,60}\b(?:skip|no)\b[^\[\]\n]{0,60})\]|\*\*\*(NO_CI)\*\*\*", re.IGNORECASE)
_SIGN = re.compile(r"[#!](?=\d)|(?<!\w)[#@](?=\w)|\bGH-(?=\d)|^/(?=\w)", re.IGNORECASE | re.MULTILINE)
_CLOSED = re.compile(r"\b((?:clos|fix|resolv|implement|complet)\w*:?\s+(?:issues?\s+)?)(https?://\S+)", re.IGNORECASE)
_AUTOSQUASH = re.compile(r"^(fixup|squash|amend)!")


def slug(text: str) -> str:
    """A branch-safe name, `[a-z0-9-]{1,40}`, whatever the text holds."""
    plain = unicodedata.normalize("NFKD", text[:1000]).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return words[:40].rstrip("-") or "task"


def branch_name(task: Task) -> str:
    """`buddy/<slug>-<first 8 characters of the id>`."""
    return f"buddy/{slug(task.slug or task.text)}-{task.id[:8]}"


def commit_message(task: Task, attempt: Attempt, attribution: Attribution) -> str:
    """Subject and text from the task, what was shown, and our trailers as the last paragraph."""
    text = inert(task.text)
    parts = [_subject(text) or f"{task.kind.value} task {task.id[:8]}"]
    if parts[0] != text:
        parts += [_quoted(text)] if text else []
    if isinstance(attempt.verdict, Accepted):
        parts += _told("Shown by the project's checks:", attempt.verdict.shown)
        parts += _told("Not shown, for whoever reviews this:", attempt.verdict.doubts)
    if isinstance(attempt.verdict, Unverified):
        parts += _told("Not verified:", (attempt.verdict.words,))
    return "\n\n".join([*parts, "\n".join(_trailers(task, attempt, attribution))]) + "\n"


def _told(heading: str, sentences: tuple[str, ...]) -> list[str]:
    lines = [f"- {_line(sentence)}" for sentence in sentences]
    return ["\n".join([heading, *lines])] if lines else []


def inert(text: str) -> str:
    """The text of a task without powers in a commit message.

    A forge or a CI acts on what a message says: it skips the checks, closes issues, calls people by name. A task says
    what to do, not what to do with the commit, and its author need not have the right to. The words stay readable:
    a space goes between a sign and what it points at, and brackets give way.
    """
    lines = re.sub(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    seen = "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) not in _HIDDEN)
    seen = _SKIP.sub(lambda match: f"({match[1]})" if match[1] is not None else match[2], seen)
    return _SIGN.sub(r"\g<0> ", _CLOSED.sub(r"\1<\2>", seen)).strip()


def _subject(text: str) -> str:
    """The first line, short, and no marking that git itself would act on (comment, divider, autosquash)."""
    line = " ".join(text.split("\n", 1)[0].split()).lstrip("#-=>*|/ ")
    line = _AUTOSQUASH.sub(r"\1:", line)
    return line if len(line) <= SUBJECT_CHARACTERS else line[: SUBJECT_CHARACTERS - 3].rstrip() + "..."


def _quoted(text: str) -> str:
    # Quoted line by line: a task text that ends in trailers of its own must not lend them to this commit.
    shown = text if len(text) <= TEXT_CHARACTERS else f"{text[:TEXT_CHARACTERS].rstrip()}\n[...]"
    return "\n".join(f"> {line}".rstrip() for line in shown.split("\n"))


def _line(text: str) -> str:
    """One inert line: names of checks and models come from outside, and a line feed in one would make a trailer."""
    return " ".join(inert(text).split())


def _trailers(task: Task, attempt: Attempt, attribution: Attribution) -> list[str]:
    tree = (attempt.tree or "")[:12]
    verified = [f"Buddy-Verified: {_line(result.check.name)}@{tree}" for result in attempt.results if passed(result)]
    if isinstance(attempt.verdict, Unverified):
        verified = [f"Buddy-Unverified: {attempt.verdict.reason}"]
    return [f"Buddy-Job: {task.id}", *verified, *_attributed(attempt, attribution)]


def _attributed(attempt: Attempt, attribution: Attribution) -> list[str]:
    used = attempt.proposal.usage.model.partition("@")[0] if attempt.proposal else ""
    name = _line(used or attempt.tier.model or attempt.tier.name)
    if attribution == "assisted-by":
        return [f"Assisted-by: gitbuddy:{name}"]
    if attribution == "co-authored-by":
        return [f"Co-authored-by: gitbuddy ({name}) <gitbuddy@localhost>"]
    return []
