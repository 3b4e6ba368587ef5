"""Where in a file the lines of an edit stand: exactly, or but for white space. One place only, never a likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gitbuddy.core.indentation import converted, without_numbers
from gitbuddy.core.text import Splice


@dataclass(frozen=True, slots=True)
class Miss:
    """No single place: `places` are the 1-based first lines of those that match; none, one that cannot be used, or
    several. `why` says more where there is more to say.
    """

    places: tuple[int, ...] = ()
    why: str = ""


def find(contents: Sequence[str], old: tuple[str, ...], new: tuple[str, ...], line: int | None = None) -> Splice | Miss:
    """The one place of `old` in a file's lines, and how `new` is written there.

    Tried in this order, the first that finds anything decides: every character; white space at line ends ignored; the
    whole block shifted by one indentation; each of these without the blank lines around the block; all of that without
    the line numbers of a listing; last, tabs for steps of spaces or the other way round. `line` (1-based) tells several
    exact places apart.
    """
    found = _found(contents, old, new, line)
    if found == Miss() and (plain := without_numbers(old, new)) is not None:
        found = _found(contents, *plain, None)
    return _retabbed(contents, old, new) if found == Miss() else found


def _found(contents: Sequence[str], old: tuple[str, ...], new: tuple[str, ...], line: int | None) -> Splice | Miss:
    for wanted, instead in _with_and_without_outer_blanks(old, new):
        for level in (_exactly, _but_trailing, _shifted):
            starts = tuple(level(contents, wanted))
            if level is _exactly and line is not None and line - 1 in starts and wanted == old:
                starts = (line - 1,)
            if len(starts) > 1:
                return Miss(tuple(start + 1 for start in starts))
            if starts:
                return _splice(contents, starts[0], wanted, instead)
    return Miss()


def _with_and_without_outer_blanks(
    old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    yield old, new
    head, tail = _outer_blanks(old)
    if head or tail:
        new_head, new_tail = _outer_blanks(new)
        yield old[head : len(old) - tail], new[min(head, new_head) : len(new) - min(tail, new_tail)]


def _outer_blanks(lines: Sequence[str]) -> tuple[int, int]:
    """How many blank lines stand at the start and at the end; all of a blank block count as the start."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return (filled[0], len(lines) - filled[-1] - 1) if filled else (len(lines), 0)


def _exactly(contents: Sequence[str], old: Sequence[str]) -> Iterator[int]:
    return _places(contents, old, lambda line: line)


def _but_trailing(contents: Sequence[str], old: Sequence[str]) -> Iterator[int]:
    return _places(contents, old, lambda line: line.rstrip(" \t"))


def _shifted(contents: Sequence[str], old: Sequence[str]) -> Iterator[int]:
    margin = _margin(old)
    bare = _without(old, margin)
    for start in _places(contents, old, lambda line: line.strip(" \t")):
        found = contents[start : start + len(old)]
        there = _margin(found)
        prefixed = there.startswith(margin) or margin.startswith(there)
        if prefixed and _without(found, there) == bare:
            yield start


def _places(contents: Sequence[str], old: Sequence[str], key: Callable[[str], str]) -> Iterator[int]:
    wanted = [key(line) for line in old]
    if not any(line.strip() for line in wanted):
        return
    keys = [key(line) for line in contents]
    for start in range(len(keys) - len(wanted) + 1):
        if keys[start] == wanted[0] and keys[start : start + len(wanted)] == wanted:
            yield start


def _retabbed(contents: Sequence[str], old: tuple[str, ...], new: tuple[str, ...]) -> Splice | Miss:
    """The one place where the lines stand with another sort of indentation, and the new lines written in that sort."""
    found: dict[int, Splice] = {}
    for change in converted(old):
        written = [change(line) for line in new]
        kept = tuple(line for line in written if line is not None)
        for start in _but_trailing(contents, [change(line) or "" for line in old]):
            if len(kept) < len(written):
                return Miss((start + 1,), "its indentation differs from the file's, and the new lines cannot follow")
            found.setdefault(start, Splice(start, old, new, kept))
    if len(found) > 1:
        return Miss(tuple(start + 1 for start in found))
    return next(iter(found.values()), Miss())


def _splice(contents: Sequence[str], start: int, old: tuple[str, ...], new: tuple[str, ...]) -> Splice | Miss:
    margin, there = _margin(old), _margin(contents[start : start + len(old)])
    written = tuple(_moved(line, margin, there) for line in new)
    kept = [line for line in written if line is not None]
    if len(kept) < len(written):
        return Miss((start + 1,), "its indentation differs from the file's, and the new lines cannot follow")
    return Splice(start, old, new, tuple(kept))


def _moved(line: str, margin: str, there: str) -> str | None:
    """Indent a new line as the file is indented; None if it has less indentation than would have to go."""
    if not line.strip():
        return line
    if line.startswith(margin):
        return there + line[len(margin) :]
    if there.startswith(margin):
        return there[len(margin) :] + line
    surplus = margin[len(there) :]
    return line.removeprefix(surplus) if line.startswith(surplus) else None


def _margin(lines: Sequence[str]) -> str:
    """The indentation that all lines with text share."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    if not indents:
        return ""
    low, high = min(indents), max(indents)
    return low[: next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]


def _without(lines: Sequence[str], margin: str) -> list[str]:
    return [line.rstrip(" \t")[len(margin) :] for line in lines]
