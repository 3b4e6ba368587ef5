"""From edits to a patch: every edit is resolved against the base, or the whole proposal is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gitbuddy.core.match import Miss, find
from gitbuddy.core.nearest import nearest
from gitbuddy.core.rules.paths import is_readable, shown
from gitbuddy.core.text import Splice, Text, plain_lines, read_text
from gitbuddy.errors import Rejected
from gitbuddy.values import Change, DeleteFile, Edit, Patch, Refused, Replace, SourceFile, WriteFile

_NEW_MODE = 0o100644


@dataclass(slots=True)
class _File:
    """One file while its edits are applied. `moves` are (line, growth) of the edits so far: a diff's hints count lines
    of the base.
    """

    path: str
    base: SourceFile | None
    data: bytes | None
    moves: list[tuple[int, int]] = field(default_factory=list)

    def change(self) -> Change | None:
        before = self.base.data if self.base else None
        mode = self.base.mode if self.base else _NEW_MODE
        return None if before == self.data else Change(self.path, before, self.data, mode)


def apply(edits: Sequence[Edit], read: Callable[[str], SourceFile | None]) -> Patch:
    """The patch that all edits make together, in their order. `read` gives a file of the base, None if there is none.

    Raises `Rejected` (stage "apply"): not-found, ambiguous, exists, not-text, no-change. Bytes that no edit touches
    stay as they are: BOM, line endings, a missing final newline, the mode.
    """
    files: dict[str, _File] = {}
    for number, edit in enumerate(edits, start=1):
        file = files.get(edit.path) or _open(edit.path, read)
        files[edit.path] = file
        file.data = _edited(file, edit, number)
    changes = [change for file in files.values() if (change := file.change()) is not None]
    if not changes:
        raise _refused("no-change", "The edits leave every file as it is. Write lines that differ from the old ones.")
    return Patch(tuple(sorted(changes, key=lambda change: change.path)))


def _open(path: str, read: Callable[[str], SourceFile | None]) -> _File:
    # A malformed path is not looked up: it names no file, and the guard will say why.
    base = read(path) if is_readable(path) else None
    return _File(path, base, base.data if base else None)


def _edited(file: _File, edit: Edit, number: int) -> bytes | None:
    if isinstance(edit, DeleteFile):
        if file.data is None:
            raise _no_file(file.path, number)
        return None
    if isinstance(edit, WriteFile):
        return edit.content if isinstance(edit.content, bytes) else _written(file, edit.content)
    if not edit.search.strip():
        return _created(file, edit, number)
    if file.data is None:
        raise _no_file(file.path, number)
    return _replaced(file, file.data, edit, number)


def _written(file: _File, content: str) -> bytes:
    if file.data is None:
        return _encoded(file.path, content.replace("\r\n", "\n"))
    before = _text(file.path, file.data)
    new = plain_lines(content)
    if before.bom and new:
        new = (new[0].removeprefix("\ufeff"), *new[1:])
    _encoded(file.path, content)
    whole = Splice(0, before.contents, new, new)
    return whole.apply(before).data


def _created(file: _File, edit: Replace, number: int) -> bytes:
    if file.data is not None and file.data.strip():
        raise _refused(
            "exists",
            f"Edit {number}: SEARCH is empty, but this file has text already: {shown(file.path)}\n"
            "Copy the lines to be replaced into SEARCH.",
        )
    return _encoded(file.path, edit.replace.replace("\r\n", "\n"))


def _replaced(file: _File, data: bytes, edit: Replace, number: int) -> bytes:
    text = _text(file.path, data)
    old, new = plain_lines(edit.search), plain_lines(edit.replace)
    _encoded(file.path, edit.replace)
    found = find(text.contents, old, new, _shifted_hint(edit.line, file.moves))
    if isinstance(found, Miss):
        raise _missed(found, text, edit, number)
    file.moves.append((found.start + 1, found.growth))
    return found.apply(text).data


def _shifted_hint(line: int | None, moves: Sequence[tuple[int, int]]) -> int | None:
    for start, growth in moves:
        if line is not None and line > start:
            line += growth
    return line


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
    if find(text.contents, plain_lines(edit.replace), ()) != Miss():
        words += " The new lines are in the file already."
    return _refused("not-found", words + nearest(text.contents, plain_lines(edit.search)))


def _no_file(path: str, number: int) -> Rejected:
    return _refused(
        "not-found",
        f"Edit {number}: there is no such file: {shown(path)}\n"
        "Write the path from the top of the repository. For a new file leave the old lines empty.",
    )


def _refused(code: str, words: str) -> Rejected:
    return Rejected(Refused("apply", code, words))
