"""Every form of path that the guard must refuse, by name."""

from __future__ import annotations

import pytest

from gitbuddy.config import GuardSettings
from gitbuddy.core.guard import guard
from gitbuddy.core.rules.paths import FORMS, folded, is_readable, shown
from gitbuddy.errors import Rejected
from gitbuddy.values import AllowedPatch, Change, Kind, Origin, Patch, SourceFile, Task

FORBIDDEN = [
    ("../x", "path-parent"),
    ("/x", "path-absolute"),
    ("/etc/passwd", "path-absolute"),
    ("~/x", "path-absolute"),
    ("a/../../x", "path-parent"),
    ("a/./x", "path-parent"),
    ("./x", "path-parent"),
    ("a//x", "path-parent"),
    ("a/", "path-parent"),
    (".", "path-parent"),
    ("..", "path-parent"),
    (".git/config", "path-git"),
    (".git", "path-git"),
    (".GIT/hooks/x", "path-git"),
    ("sub/.git/config", "path-git"),
    (".git./x", "path-git"),
    (".git /x", "path-git"),
    (".git . . /x", "path-git"),
    ("git~1/x", "path-git"),
    ("GIT~1/x", "path-git"),
    ("GI2837~1/x", "path-git"),
    ("gitmod~1", "path-git"),
    (".git::$INDEX_ALLOCATION/x", "path-git"),
    (".git:x", "path-git"),
    (".g\u200cit/x", "path-git"),
    (".\u200dgIt\ufeff/x", "path-git"),
    ("\u202e.git/x", "path-git"),
    ("\uff0egit/x", "path-git"),
    (".git\\config", "path-git"),
    ("a\\b", "path-backslash"),
    ("\\\\h\\s", "path-backslash"),
    ("C:/x", "path-drive"),
    ("c:x", "path-drive"),
    ("a.txt:stream", "path-drive"),
    ("//h/s", "path-absolute"),
    ("con", "path-device"),
    ("CON", "path-device"),
    ("src/aux.c", "path-device"),
    ("nul.txt", "path-device"),
    ("nul .txt", "path-device"),
    ("com1.log", "path-device"),
    ("LPT\u00b9", "path-device"),
    ("CONIN$", "path-device"),
    ("x.", "path-trailing"),
    ("x ", "path-trailing"),
    (" x", "path-trailing"),
    ("d./x", "path-trailing"),
    ("a/.../x", "path-trailing"),
    ("", "path-empty"),
    ("  ", "path-empty"),
    ("a\0b", "path-control"),
    ("a\nb", "path-control"),
    ("a\rb", "path-control"),
    ("a\tb", "path-control"),
    ("a\x1b[31mb", "path-control"),
    ("a\x7fb", "path-control"),
    ("a\u2028b", "path-control"),
    ("a\ud800b", "path-control"),
    ("a\u202eb", "path-hidden"),
    ("a\u200bb", "path-hidden"),
    ("a\U000e0041b", "path-hidden"),
    ("a\u00a0b", "path-hidden"),
    ("a\u3164b", "path-hidden"),
    ("a*b", "path-unportable"),
    ("a?b", "path-unportable"),
    ("a|b", "path-unportable"),
    ('a"b', "path-unportable"),
    ("<a>", "path-unportable"),
    ("-rf", "path-option"),
    ("--output=x", "path-option"),
    ("x" * 256, "path-long"),
    ("\u00fc" * 128, "path-long"),
    ("d/" * 600 + "x", "path-long"),
]
FINE = [
    "x",
    "src/a.py",
    "a b.txt",
    "\u00fc/\u4e2d.txt",
    "app/(shop)/[...id]/+page.tsx",
    "a-b/--c",
    "digit~1.txt",
    "config/console.py",
    "auxiliary.c",
    "x" * 255,
]
NAMING_ALL = Task(Kind.GENERATE, "t", "0" * 40, Origin("cli"))


def let_through(path: str, tracked: tuple[str, ...] = (), mode: int = 0o100644) -> AllowedPatch:
    def read(asked: str) -> SourceFile | None:
        return SourceFile(asked, b"a\n", mode) if asked in tracked else None

    before = b"a\n" if path in tracked else None
    return guard(Patch((Change(path, before, b"b\n", mode),)), NAMING_ALL, GuardSettings(), tracked, read)


@pytest.mark.parametrize(("path", "code"), FORBIDDEN, ids=[ascii(path)[:40] for path, _ in FORBIDDEN])
def test_a_forbidden_path_is_refused_by_name(path: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        let_through(path)

    refused = caught.value.refused
    assert (refused.stage, refused.reason) == ("guard", code)
    assert refused.words.isascii()
    assert refused.words.isprintable()


@pytest.mark.parametrize("path", FINE)
def test_an_ordinary_path_is_let_through(path: str) -> None:
    assert let_through(path).patch.paths == (path,)


def test_every_form_has_a_row() -> None:
    assert {code for _, code in FORBIDDEN} == set(FORMS)


@pytest.mark.parametrize("path", ["src/aux.c", "a:b", "-x", "what?.txt", "d./x", "x" * 256, "\u26a0\ufe0f.md"])
def test_a_file_that_is_there_already_may_have_an_unportable_name(path: str) -> None:
    assert let_through(path, tracked=(path,)).patch.paths == (path,)


@pytest.mark.parametrize("path", ["../x", ".git/config", "a\nb", "/x"])
def test_a_dangerous_path_is_refused_even_if_it_is_tracked(path: str) -> None:
    with pytest.raises(Rejected, match="path-"):
        let_through(path, tracked=(path,))


COLLISIONS = [
    ("src/A.py", "src/a.py"),
    ("SRC/b.py", "src/a.py"),
    ("src/caf\u00e9.py", "src/cafe\u0301.py"),
    ("STRASSE", "stra\u00dfe"),
]


@pytest.mark.parametrize(("path", "tracked"), COLLISIONS)
def test_a_path_that_differs_only_in_spelling_is_refused(path: str, tracked: str) -> None:
    with pytest.raises(Rejected, match="path-collision"):
        let_through(path, tracked=(tracked,))


def test_two_new_paths_may_not_collide_either() -> None:
    changes = (Change("D/a.py", None, b"x\n"), Change("d/b.py", None, b"x\n"))

    with pytest.raises(Rejected, match="path-collision"):
        guard(Patch(changes), NAMING_ALL, GuardSettings(), (), lambda _: None)


def test_a_new_file_in_a_folder_that_is_there_collides_with_nothing() -> None:
    assert let_through("src/b.py", tracked=("src/a.py", "SRC/a.py")).patch.paths == ("src/b.py",)


def test_twenty_thousand_paths_are_no_burden() -> None:
    tracked = tuple(f"src/package{number % 200}/module{number}.py" for number in range(20_000))

    assert let_through("src/package7/new.py", tracked=tracked).patch.paths == ("src/package7/new.py",)


def test_folding_is_idempotent_and_shown_paths_are_short() -> None:
    assert folded(folded("STRA\u00dfE/CAFE\u0301")) == folded("STRA\u00dfE/CAFE\u0301")
    assert len(shown("x" * 5_000)) < 300


def test_what_cannot_name_a_file_is_not_readable() -> None:
    assert not any(map(is_readable, ["", "/x", "../x", "a\0b", ".git/x", "a\\b"]))
    assert all(map(is_readable, ["x", "a/b.py", "con", "a:b"]))
