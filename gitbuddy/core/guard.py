"""The rules that a patch must meet before anything is written. Pure: nothing here looks at a disk.

`guard` alone makes an `AllowedPatch`. A rule gives words for the proposer when it is broken, None when it is kept;
its key in `RULES` is the stable reason code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from gitbuddy.config import GuardSettings
from gitbuddy.core.rules import content, scope, tampering
from gitbuddy.core.rules.paths import FORMS, Form, folded, parents, shown
from gitbuddy.core.rules.protected import is_test_path as is_test_path
from gitbuddy.errors import Rejected
from gitbuddy.values import AllowedPatch, Change, Kind, Patch, Refused, SourceFile, Task

_REGULAR = frozenset({0o100644, 0o100755})
_PLAIN = 0o100644
_LAYOUT = frozenset({Kind.FIX_LINT, Kind.DOCUMENT, Kind.REFACTOR})
"""Kinds of task whose whole point may be blank lines and trailing spaces."""


@dataclass(frozen=True)
class Case:
    """A patch and all that the rules weigh it against."""

    patch: Patch
    task: Task
    settings: GuardSettings
    tracked: frozenset[str]
    read: Callable[[str], SourceFile | None]

    @cached_property
    def folders(self) -> frozenset[str]:
        """Those that hold tracked files. Worked out only for new files: a large tree has many."""
        direct = {path.rpartition("/")[0] for path in self.tracked} - {""}
        return frozenset(direct.union(*map(parents, direct)))

    def names_in(self, folder: str) -> frozenset[str]:
        """Files that would lie in a folder itself."""
        prefix = folder + "/" if folder else ""
        below = (path[len(prefix) :] for path in (*self.tracked, *self.patch.paths) if path.startswith(prefix))
        return frozenset(name for name in below if "/" not in name)

    @property
    def new(self) -> Iterator[Change]:
        return (change for change in self.patch.changes if change.path not in self.tracked)


Rule = Callable[[Case], str | None]


def guard(
    patch: Patch,
    task: Task,
    settings: GuardSettings,
    tracked: Collection[str],
    read: Callable[[str], SourceFile | None],
) -> AllowedPatch:
    """Let a patch through, or raise `Rejected` (stage "guard") for the first broken rule.

    `tracked` are the paths of the files at the base; `read` gives one of them with its mode, also a symlink
    (0o120000) or a submodule (0o160000), and None for a folder or a path that is not there.
    """
    case = Case(patch, task, settings, frozenset(tracked), read)
    for code, rule in RULES.items():
        words = rule(case)
        if words is not None:
            raise Rejected(Refused("guard", code, words))
    return AllowedPatch(patch)


def opened(patch: Patch, task: Task, settings: GuardSettings) -> tuple[str, ...]:
    """The protected files that the patch changes because the task names them: worth a second look by a person."""
    return tuple(path for path in patch.paths if scope.opened(path, task, settings))


def without(allowed: AllowedPatch, paths: Collection[str]) -> AllowedPatch | None:
    """A part of what was allowed, for a trial; None if nothing is left of it."""
    rest = tuple(change for change in allowed.patch.changes if change.path not in paths)
    return AllowedPatch(Patch(rest)) if rest else None


def joined(parts: Iterable[AllowedPatch]) -> AllowedPatch | None:
    """What was allowed file by file, as one patch; None for none.

    For files that are there already and paths that differ: what such files hold together, no rule asks but those of
    size, which hold for each part.
    """
    changes = [change for part in parts for change in part.patch.changes]
    return AllowedPatch(Patch(tuple(sorted(changes, key=lambda change: change.path)))) if changes else None


def with_fault(allowed: AllowedPatch, fault: Change) -> AllowedPatch:
    """What was allowed and a fault of our own making in one file, for a trial of its tests. It never lands."""
    rest = tuple(change for change in allowed.patch.changes if change.path != fault.path)
    return AllowedPatch(Patch(tuple(sorted((*rest, fault), key=lambda change: change.path))))


def _form(form: Form) -> Rule:
    def rule(case: Case) -> str | None:
        changes = case.new if form.spared else case.patch.changes
        broken = next((change.path for change in changes if form.applies(change.path)), None)
        if broken is None:
            return None
        return f'The path "{shown(broken)}" {form.words}. Write a plain path from the top of the repository.'

    return rule


def _each(check: Callable[[Case, Change], str | None]) -> Rule:
    """The rule that holds when it holds for every change."""
    return lambda case: next((words for change in case.patch.changes if (words := check(case, change))), None)


def _each_new(check: Callable[[Case, Change], str | None]) -> Rule:
    return lambda case: next((words for change in case.new if (words := check(case, change))), None)


def _empty(case: Case) -> str | None:
    """Nothing at all, or nothing but layout where layout is not what is asked for.

    A model that did not understand often hands back the file with a blank line more. So a `change`, `fix`, `generate`,
    `test` or `translate` must touch text; whoever wants only white space changed asks for `fix-lint` or `refactor`.
    """
    if all(change.before == change.after for change in case.patch.changes):
        return "The patch changes nothing."
    if case.task.kind in _LAYOUT or not content.only_layout(case.patch.changes):
        return None
    return "The patch changes nothing but blank lines and spaces at the ends of lines. Change what the task asks for."


def _twice(case: Case) -> str | None:
    twice = [path for path, count in Counter(case.patch.paths).items() if count > 1]
    return f"The patch changes one path twice: {shown(twice[0])}" if twice else None


def _folder(case: Case, change: Change) -> str | None:
    if change.path not in case.folders:
        return None
    return f"{shown(change.path)} is a folder. Write the path of a file in it."


def _below_a_file(case: Case, change: Change) -> str | None:
    """A parent that is a file, a link or a submodule: writing below it would leave the tree or replace the parent."""
    for parent in parents(change.path):
        if parent in case.patch.paths or (parent not in case.folders and case.read(parent) is not None):
            return f"{shown(change.path)} would lie below {shown(parent)}, which is no folder. Choose another path."
    return None


def _special(case: Case, change: Change) -> str | None:
    file = case.read(change.path)
    if file is None or file.mode in _REGULAR:
        return None
    return f"{shown(change.path)} is a symbolic link or a submodule, and only regular files can be changed."


def _mode(case: Case, change: Change) -> str | None:
    file = case.read(change.path)
    if change.mode == (file.mode if file else _PLAIN):
        return None
    return f"{shown(change.path)} would get another file mode. Only the text of files can be changed."


def _collision(case: Case) -> str | None:
    """A new path that some disks take for one that is there: equal but for case or Unicode normal form."""
    wanted = {folded(part): part for change in case.new for part in (*parents(change.path), change.path)}
    if not wanted:
        return None
    spellings: dict[str, set[str]] = {}
    for path in (*case.tracked, *case.folders):
        if (fold := folded(path)) in wanted:
            spellings.setdefault(fold, set()).add(path)
    for change in case.new:
        for part in (*parents(change.path), change.path):
            there = spellings.setdefault(folded(part), {part})
            if part not in there:
                return f"{shown(part)} differs only in case or accents from {shown(min(there))}. Use that spelling."
            there.add(part)
    return None


def _scope(case: Case, change: Change) -> str | None:
    return scope.out_of_scope(change.path, case.task)


def _new_file(case: Case, change: Change) -> str | None:
    return None if change.after is None else scope.new_unasked(change.path, case.task)


def _deletion(case: Case, change: Change) -> str | None:
    return scope.deletion_unasked(change.path, case.task) if change.after is None else None


def _kind(case: Case, change: Change) -> str | None:
    return scope.not_a_test(change.path, case.task)


def _protected(case: Case, change: Change) -> str | None:
    return scope.protected(change.path, case.task, case.settings)


def _shadows(case: Case, change: Change) -> str | None:
    return tampering.shadows(change.path, case.task, case.names_in)


def _text(check: Callable[[Change], str | None]) -> Rule:
    return _each(lambda _, change: check(change))


RULES: Mapping[str, Rule] = {
    "no-change": _empty,
    "path-twice": _twice,
    **{code: _form(form) for code, form in FORMS.items()},
    "path-folder": _each_new(_folder),
    "path-below-file": _each_new(_below_a_file),
    "path-collision": _collision,
    "special-file": _each(_special),
    "mode": _each(_mode),
    "too-many-files": lambda case: content.too_many_files(case.patch, case.settings.max_files),
    "protected": _each(_protected),
    "out-of-scope": _each(_scope),
    "tests-only": _each(_kind),
    "new-file": _each_new(_new_file),
    "deletion": _each(_deletion),
    "shadows": _each_new(_shadows),
    "too-large": _each(lambda case, change: content.too_large(change, case.settings.max_bytes)),
    "nul-byte": _text(content.nul_byte),
    "emptied": _text(content.emptied),
    "mass-removal": _text(content.mass_removal),
    "too-many-lines": lambda case: content.too_many_lines(case.patch, case.settings.max_lines),
    "conflict-marker": _text(content.conflict_marker),
    "hidden-character": _text(content.hidden_character),
    "mixed-script": _text(content.mixed_script),
    "secret": _text(content.secret),
    "tampering": _text(tampering.tampering),
}
"""By reason code, cheap and telling first."""
