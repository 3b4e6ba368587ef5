"""Which files a proposer is shown: the task's own whole, then those that are named, then those that sound alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from gitbuddy.git.listing import Listing
from gitbuddy.git.repo import Repo
from gitbuddy.globs import matches
from gitbuddy.values import Context, SourceFile, Task

LARGEST: Final = 1 << 20
"""Bytes above which a file is not looked at."""
MOST_NAMED: Final = 12
MOST_READ: Final = 300
"""Files whose text is looked at in search of the task's words."""
MOST_ALIKE: Final = 5
LARGEST_ALIKE: Final = 32 << 10
LONGEST_EVIDENCE: Final = 200_000
PATH_LIKE: Final = re.compile(r"[\w.\-+@/\\]*\w")
WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
COMMON: Final = frozenset(
    """
    the and for with that this from into not are was were has have had its should must may can will when where what
    which all any add fix make use new old file files code test tests function method class module line lines please
    def self return import none true false str int else
    """.split()  # noqa: SIM905 - a text of words reads better than a list of strings
)
SOURCES: Final = tuple(
    """
    .py .pyi .js .jsx .mjs .cjs .ts .tsx .go .rs .java .kt .c .h .cc .cpp .cxx .hpp .cs .rb .php .swift .scala .sh
    .lua .pl .ex .exs .hs .ml .vue .svelte .css .scss .html .sql .md .rst .toml .yaml .yml .cmake
    """.split()  # noqa: SIM905 - as above
)


def gather(repo: Repo, task: Task, evidence: str) -> Context:
    """Text files of the task's base that may help with it, best first.

    `evidence` is output of failing checks: files it names follow those that the task's text names. Only when that gives
    nothing, files are chosen by the words of the text.
    """
    listing = repo.listing(task.base)
    wanted = [path for pattern in task.files for path in _meant(pattern, listing)]
    owned = tuple(_read(repo, task, dict.fromkeys(wanted)))
    named = (*_named(task.text, listing), *_named(evidence[-LONGEST_EVIDENCE:], listing))
    files = _first(_read(repo, task, named), MOST_NAMED, owned)
    if not owned and not files:
        files = _first(_alike(repo, task, listing.paths), MOST_ALIKE)
    return Context(owned, files)


def _meant(pattern: str, listing: Listing) -> list[str]:
    """A path is most often named literally: then nothing needs to be searched."""
    literal = pattern.removeprefix("./")
    if literal in listing.tracked:
        return [literal]
    return [path for path in listing.paths if matches(literal, path)]


def _named(text: str, listing: Listing) -> list[str]:
    """Tracked files that a text names: by path, by the end of an absolute path, by a unique file name, as a module."""
    words = dict.fromkeys(PATH_LIKE.findall(text))
    found = (_resolve(word.replace("\\", "/"), listing) for word in words)
    return list(dict.fromkeys(path for path in found if path))


def _resolve(word: str, listing: Listing) -> str | None:
    parts = [part for part in word.split("/") if part not in ("", ".")]
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if tail in listing.tracked:
            return tail if len(parts) - start > 1 or len(parts) == 1 else None
    same = listing.named.get(word, ()) if len(parts) == 1 and "." in word else ()
    return same[0] if len(same) == 1 else _module(word, listing.tracked)


def _module(word: str, known: frozenset[str]) -> str | None:
    """`package.module.function` as a file of a Python package, the longest that exists."""
    parts = word.split(".")
    for end in range(len(parts), 1, -1):
        path = "/".join(parts[:end])
        for candidate in (f"{path}.py", f"src/{path}.py", f"{path}/__init__.py"):
            if candidate in known:
                return candidate
    return None


def _alike(repo: Repo, task: Task, paths: tuple[str, ...]) -> Iterator[SourceFile]:
    """Source files nearest to the task's words; a word weighs more in a path, and the fewer files have it."""
    wanted = _words(task.text)
    sources = [path for path in paths if path.endswith(SOURCES)]
    by_path = sorted(sources, key=lambda path: (-len(wanted & _words(path)), path.count("/"), path))
    files = [file for file in _read(repo, task, by_path[:MOST_READ]) if len(file.data) <= LARGEST_ALIKE]
    texts = {file.path: wanted & _words(file.data.decode()) for file in files}
    spread = Counter(word for words in texts.values() for word in words)
    scores = {
        file.path: sum(1 / spread[word] for word in texts[file.path]) + 2 * len(wanted & _words(file.path))
        for file in files
    }
    ranked = sorted(files, key=lambda file: (-scores[file.path], "test" in file.path, len(file.data), file.path))
    return (file for file in ranked if scores[file.path] > 0)


def _words(text: str) -> frozenset[str]:
    """Words of a text or identifier, camelCase and snake_case taken apart."""
    found = {word.lower() for word in WORD.findall(text)}
    return frozenset(word for word in found if len(word) > 2) - COMMON


def _read(repo: Repo, task: Task, paths: Iterable[str]) -> Iterator[SourceFile]:
    """The text files among these."""
    for path in paths:
        size = repo.objects.size(task.base, path)
        file = repo.read(task.base, path) if size is not None and size <= LARGEST else None
        if file is not None and _is_text(file.data):
            yield file


def _first(files: Iterable[SourceFile], most: int, known: tuple[SourceFile, ...] = ()) -> tuple[SourceFile, ...]:
    """The first files that are not known already, each once."""
    own = {file.path for file in known}
    found = {file.path: file for file in files if file.path not in own}
    return tuple(found.values())[:most]


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False
