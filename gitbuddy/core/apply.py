"""From edits to a patch: every edit is resolved against the base, or the whole proposal is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.headers import comment_path
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.core.loss import refuse_doubtful_file, refuse_echo, refuse_losses
from gitbuddy.core.match import Miss, find
from gitbuddy.core.nearest import nearest
from gitbuddy.core.rules.paths import is_readable, shown
from gitbuddy.core.text import Splice, Step, Text, plain_lines, read_text
from gitbuddy.errors import Rejected
from gitbuddy.values import Change, DeleteFile, Edit, Patch, Replace, SourceFile, WriteFile

_NEW_MODE = 0o100644


@dataclass(slots=True)
class _File:
    """One file while its edits are applied.

    `origin` says of each line which line of the base it is (0-based), None for one that an edit wrote. `spans` are the
    lines of the base that edits have matched so far, `gaps` the lines of the base above which they have put others.
    """

    path: str
    base: SourceFile | None
    data: bytes | None
    origin: list[int | None]
    spans: set[tuple[int, int]] = field(default_factory=set)
    gaps: set[int | None] = field(default_factory=set)

    def change(self) -> Change | None:
        before = self.base.data if self.base else None
        mode = self.base.mode if self.base else _NEW_MODE
        return None if before == self.data else Change(self.path, before, self.data, mode)


def apply(edits: Sequence[Edit], read: Callable[[str], SourceFile | None]) -> Patch:
    """The patch that all edits make together, in their order. `read` gives a file of the base, None if there is none.

    An edit that comes twice counts once, unless its old lines stand there exactly as often: then each is meant.

    Raises `Rejected` (stage "apply"): not-found, ambiguous, exists, not-text, not-whole-file, two-files, elided-code,
    garbled-lines, no-change. Bytes that no edit touches stay as they are: BOM, line endings, a missing final newline,
    the mode.
    """
    files: dict[str, _File] = {}
    times = Counter(edits)
    done: set[Edit] = set()
    for number, edit in enumerate(edits, start=1):
        file = files.get(edit.path) or _open(edit.path, read)
        files[edit.path] = file
        if isinstance(edit, WriteFile) or edit not in done:
            file.data = _edited(file, edit, number, times[edit])
        done.add(edit)
    changes = [change for file in files.values() if (change := file.change()) is not None]
    if not changes:
        raise _refused("no-change", "The edits leave every file as it is. Write lines that differ from the old ones.")
    return Patch(tuple(sorted(changes, key=lambda change: change.path)))


def _open(path: str, read: Callable[[str], SourceFile | None]) -> _File:
    # A malformed path is not looked up: it names no file, and the guard will say why.
    base = read(path) if is_readable(path) else None
    text = read_text(base.data) if base else None
    return _File(path, base, base.data if base else None, list(range(len(text.lines))) if text else [])


def _edited(file: _File, edit: Edit, number: int, times: int) -> bytes | None:
    if isinstance(edit, DeleteFile):
        if file.data is None:
            raise _no_file(file.path, number)
        return None
    if isinstance(edit, WriteFile):
        return edit.content if isinstance(edit.content, bytes) else _written(file, edit.content, edit.doubtful)
    if not edit.search.strip():
        return _created(file, edit, number)
    if file.data is None:
        raise _no_file(file.path, number)
    return _replaced(file, file.data, edit, number, times)


def _written(file: _File, content: str, doubtful: bool) -> bytes:
    if file.data is None:
        text = _unlabelled(content.replace("\r\n", "\n"), file.path, ())
        refuse_doubtful_file(file.path, (), plain_lines(text))
        return _encoded(file.path, text)
    before = _text(file.path, file.data)
    _encoded(file.path, content)
    new = plain_lines(_unlabelled(content, file.path, before.contents))
    if before.bom and new:
        new = (new[0].removeprefix("\ufeff"), *new[1:])
    refuse_doubtful_file(file.path, before.contents, new, doubtful=doubtful)
    whole = Splice(0, before.contents, new, new)
    refuse_losses(file.path, whole)
    return whole.apply(before).data


def _unlabelled(content: str, path: str, before: Sequence[str]) -> str:
    """Without a first comment that is there only to name the file: one that the file does not begin with."""
    first, _, rest = content.partition("\n")
    return rest if comment_path(first) == path and before[:1] != (first.rstrip("\r"),) else content


def _created(file: _File, edit: Replace, number: int) -> bytes:
    if file.data is not None and file.data.strip():
        raise _refused(
            "exists",
            f"Edit {number}: SEARCH is empty, but this file has text already: {shown(file.path)}\n"
            "Copy the lines to be replaced into SEARCH.",
        )
    return _encoded(file.path, edit.replace.replace("\r\n", "\n"))


def _replaced(file: _File, data: bytes, edit: Replace, number: int, times: int) -> bytes:
    text = _text(file.path, data)
    old, new = plain_lines(edit.search), plain_lines(edit.replace)
    _encoded(file.path, edit.replace)
    hint = file.origin.index(edit.line - 1) + 1 if edit.line and edit.line - 1 in file.origin else None
    found = find(text.contents, old, new, hint)
    if isinstance(found, Miss) and len(found.places) == times and times > 1:
        every = [find(text.contents, old, new, place) for place in reversed(found.places)]
        if not any(isinstance(one, Miss) for one in every) and not _overlap(found.places, len(old)):
            for one in every:
                text = _spliced(file, text, one, number) if isinstance(one, Splice) else text
            return text.data
    if isinstance(found, Miss):
        raise _missed(found, text, edit, number)
    return _spliced(file, text, found, number).data


def _overlap(places: Sequence[int], size: int) -> bool:
    return any(after - before < size for before, after in pairwise(places))


def _spliced(file: _File, text: Text, found: Splice, number: int) -> Text:
    steps = found.steps
    refuse_losses(file.path, found)
    refuse_echo(file.path, text.contents, found)
    _refuse_collision(file, found, steps, number)
    made: list[int | None] = []
    for kept, i1, i2, j1, j2 in steps:
        made += file.origin[found.start + i1 : found.start + i2] if kept else [None] * (j2 - j1)
    file.origin[found.start : found.start + len(found.old)] = made
    return found.apply(text)


def _refuse_collision(file: _File, found: Splice, steps: Sequence[Step], number: int) -> None:
    """Two edits of the very same lines, or two that put lines in one place, are a draft and its correction.

    An edit that holds lines of an earlier one has been written with that one in mind, and goes through.
    """
    matched = file.origin[found.start : found.start + len(found.old)]
    lines = [line for line in matched if line is not None]
    if len(lines) < len(matched):
        return
    span = (min(lines), max(lines))
    gaps = {
        _below(file.origin, found.start + i1) for kept, i1, i2, j1, j2 in steps if not kept and i1 == i2 and j1 < j2
    }
    if span in file.spans or gaps & file.gaps:
        raise _refused(
            "ambiguous",
            f"Edit {number} of {shown(file.path)} changes lines {span[0] + 1} to {span[1] + 1} in another way than an "
            "edit above it. Write one edit for each place, the final one only.",
        )
    file.spans.add(span)
    file.gaps |= gaps


def _below(origin: Sequence[int | None], index: int) -> int | None:
    """The line of the base that stands at an index or next below it; None at the end of the file."""
    return next((line for line in origin[index:] if line is not None), None)


def _text(path: str, data: bytes) -> Text:
    text = read_text(data)
    if text is None:
        raise _refused("not-text", f"Only UTF-8 text can be edited, and this file is not: {shown(path)}")
    return text


def _encoded(path: str, content: str) -> bytes:
    try:
        return content.encode("utf-8")
    except UnicodeEncodeError:
        raise _refused("not-text", f"The new text has characters that UTF-8 cannot hold: {shown(path)}") from None


def _missed(miss: Miss, text: Text, edit: Replace, number: int) -> Rejected:
    where = f"Edit {number} of {shown(edit.path)}"
    if len(miss.places) > 1:
        lines = ", ".join(str(line) for line in miss.places[:10])
        words = (
            f"{where}: the old lines occur {len(miss.places)} times, at lines {lines}. "
            "Add unchanged lines before or after them until they occur only once."
        )
        return _refused("ambiguous", words)
    if miss.why:
        return _refused("not-found", f"{where}: the old lines are at line {miss.places[0]}, but {miss.why}.")
    words = f"{where}: the old lines were not found (0 matches). Copy whole lines exactly, with their indentation."
    old = plain_lines(edit.search)
    left_out = elision(old) or next((line.strip() for line in old if line.strip() in ("...", "…")), None)
    if left_out is not None:
        words += f" They leave lines out: {left_out}"
    if find(text.contents, plain_lines(edit.replace), ()) != Miss():
        words += " The new lines are in the file already."
    return _refused("not-found", words + nearest(text.contents, old))


def _no_file(path: str, number: int) -> Rejected:
    return _refused(
        "not-found",
        f"Edit {number}: there is no such file: {shown(path)}\n"
        "Write the path from the top of the repository. For a new file leave the old lines empty.",
    )


def _refused(code: str, words: str) -> Rejected:
    return refusal(code, words, "apply")
