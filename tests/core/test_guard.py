"""Each rule of the guard: what breaks it, and what just keeps it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gitbuddy.config import GuardSettings
from gitbuddy.core.guard import RULES, guard
from gitbuddy.core.rules.paths import FORMS
from gitbuddy.errors import Rejected
from gitbuddy.values import AllowedPatch, Change, Kind, Origin, Patch, SourceFile, Task

LINK, SUBMODULE, SCRIPT, PLAIN = 0o120000, 0o160000, 0o100755, 0o100644
BIG = b"".join(b"line %d\n" % number for number in range(100))
TREE: Mapping[str, SourceFile] = {
    file.path: file
    for file in (
        SourceFile("src/a.py", b"a\n"),
        SourceFile("src/b.py", b"b\n"),
        SourceFile("src/big.py", BIG),
        SourceFile("src/41.py", b"line\n" * 41),
        SourceFile("src/40.py", b"line\n" * 40),
        SourceFile("src/run.sh", b"a\n", SCRIPT),
        SourceFile("src/data.bin", b"\x00\x01\n"),
        SourceFile("src/bidi.py", "x = '\u202e'\n".encode()),
        SourceFile("src/clash.txt", b"<<<<<<< HEAD\na\n"),
        SourceFile("tests/test_a.py", b"a\n"),
        SourceFile("tests/conftest.py", b"a\n"),
        SourceFile("src/tests/test_b.py", b"a\n"),
        SourceFile("pyproject.toml", b"a\n"),
        SourceFile("uv.lock", b"a\n"),
        SourceFile(".github/workflows/ci.yml", b"a\n"),
        SourceFile(".github/dependabot.yml", b"a\n"),
        SourceFile(".gitattributes", b"a\n"),
        SourceFile(".buddy/config.toml", b"a\n"),
        SourceFile("db/1.sql", b"a\n"),
    )
}
SPECIAL: Mapping[str, SourceFile] = {
    "link": SourceFile("link", b"/etc", LINK),
    "module": SourceFile("module", b"", SUBMODULE),
}


def task(kind: Kind = Kind.CHANGE, *files: str) -> Task:
    return Task(kind, "t", "0" * 40, Origin("cli"), files=files)


def judge(asked: Task, *changes: Change, settings: GuardSettings | None = None) -> AllowedPatch:
    return guard(Patch(changes), asked, settings or GuardSettings(), TREE, {**TREE, **SPECIAL}.get)


def edited(path: str, after: bytes = b"new\n") -> Change:
    file = TREE.get(path)
    return Change(path, file.data if file else None, after, file.mode if file else PLAIN)


def removed(path: str) -> Change:
    return Change(path, TREE[path].data, None, TREE[path].mode)


ANY = task()
MAKE = task(Kind.GENERATE)

Row = tuple[str, Task, tuple[Change, ...]]

BROKEN: list[Row] = [
    ("no-change", ANY, ()),
    ("no-change", ANY, (edited("src/a.py", b"a\n"),)),
    ("path-twice", ANY, (edited("src/a.py"), edited("src/a.py", b"x\n"))),
    ("path-folder", MAKE, (edited("src"),)),
    ("path-below-file", MAKE, (edited("src/a.py/x.py"),)),
    ("path-below-file", MAKE, (edited("link/passwd"),)),
    ("path-below-file", MAKE, (edited("module/x.py"),)),
    ("path-below-file", MAKE, (edited("new", b"target"), edited("new/x.py"))),
    ("path-collision", MAKE, (edited("SRC/a.py"),)),
    ("special-file", MAKE, (edited("link"),)),
    ("special-file", MAKE, (edited("module"),)),
    ("mode", MAKE, (Change("new.py", None, b"x\n", SCRIPT),)),
    ("mode", MAKE, (Change("new.py", None, b"/etc", LINK),)),
    ("mode", MAKE, (Change("new", None, b"", SUBMODULE),)),
    ("mode", ANY, (Change("src/a.py", b"a\n", b"b\n", SCRIPT),)),
    ("mode", ANY, (Change("src/run.sh", b"a\n", b"b\n", PLAIN),)),
    ("too-many-files", MAKE, tuple(edited(f"new{number}.py") for number in range(21))),
    ("out-of-scope", task(Kind.CHANGE, "src/a.py"), (edited("src/b.py"),)),
    ("out-of-scope", task(Kind.CHANGE, "src/*.txt"), (edited("src/b.py"),)),
    ("out-of-scope", task(Kind.GENERATE, "src/a.py"), (edited("new.py"),)),
    ("out-of-scope", task(Kind.TEST, "tests/test_a.py"), (edited("tests/test_c.py"),)),
    ("out-of-scope", task(Kind.CHANGE, "a.py"), (edited("src/a.py"),)),
    ("out-of-scope", task(Kind.TEST, "tests"), (edited("src/tests/test_b.py"),)),
    ("out-of-scope", task(Kind.TEST, "test_new.py"), (edited("tests/test_a.py"),)),
    ("tests-only", task(Kind.TEST), (edited("src/a.py"),)),
    ("tests-only", task(Kind.TEST, "src/a.py"), (edited("src/a.py"),)),
    ("new-file", ANY, (edited("src/new.py"),)),
    ("new-file", task(Kind.FIX), (edited("src/new.py"),)),
    ("deletion", ANY, (removed("src/a.py"),)),
    ("deletion", MAKE, (removed("src/a.py"),)),
    ("protected", ANY, (edited("tests/test_a.py"),)),
    ("protected", ANY, (edited("pyproject.toml"),)),
    ("protected", ANY, (edited("uv.lock"),)),
    ("protected", MAKE, (edited("conftest.py"),)),
    ("protected", MAKE, (edited("src/sitecustomize.py"),)),
    ("protected", MAKE, (edited(".vscode/tasks.json"),)),
    ("protected", task(Kind.CHANGE, "**"), (edited("tests/test_a.py"),)),
    ("protected", task(Kind.CHANGE, "*"), (edited("pyproject.toml"),)),
    ("protected", task(Kind.CHANGE, "**/*.py"), (edited("tests/test_a.py"),)),
    ("protected", task(Kind.CHANGE, "src/**"), (edited("src/tests/test_b.py"),)),
    ("protected", task(Kind.CHANGE, "src"), (edited("src/tests/test_b.py"),)),
    ("protected", task(Kind.CHANGE, "tests/**"), (edited("tests/conftest.py"),)),
    ("protected", task(Kind.TEST), (edited("tests/conftest.py"),)),
    ("protected", task(Kind.TEST), (edited("pyproject.toml"),)),
    ("protected", task(Kind.CHANGE, ".github/**"), (edited(".github/workflows/ci.yml"),)),
    ("protected", task(Kind.CHANGE, ".github/workflows/*"), (edited(".github/workflows/ci.yml"),)),
    ("protected", task(Kind.CHANGE, ".buddy/**"), (edited(".buddy/config.toml"),)),
    ("protected", task(Kind.CHANGE, ".git*"), (edited(".gitattributes"),)),
    ("too-large", MAKE, (edited("new.txt", b"x" * 100_001),)),
    ("nul-byte", MAKE, (edited("new.txt", b"a\0b\n"),)),
    ("nul-byte", ANY, (edited("src/a.py", b"a\0b\n"),)),
    ("emptied", ANY, (edited("src/a.py", b""),)),
    ("emptied", ANY, (edited("src/a.py", b" \n\n"),)),
    ("mass-removal", ANY, (edited("src/big.py", b"line 1\nline 2\n"),)),
    ("emptied", ANY, (edited("src/a.py", b"\xef\xbb\xbf"),)),
    ("mass-removal", ANY, (edited("src/big.py", b"x\n" * 50),)),
    ("mass-removal", ANY, (edited("src/41.py", b"x\n"),)),
    ("too-many-lines", MAKE, (edited("new.txt", b"x\n" * 301),)),
    ("too-many-lines", MAKE, (edited("new.txt", b"x\n" * 200), edited("other.txt", b"x\n" * 101))),
    ("conflict-marker", ANY, (edited("src/a.py", b"a\n<<<<<<< HEAD\nb\n"),)),
    ("conflict-marker", ANY, (edited("src/a.py", b"a\n>>>>>>> REPLACE\n"),)),
    ("conflict-marker", ANY, (edited("src/clash.txt", b"<<<<<<< HEAD\na\n<<<<<<< HEAD\n"),)),
    ("hidden-character", ANY, (edited("src/a.py", "if a\u202e:\n".encode()),)),
    ("hidden-character", ANY, (edited("src/bidi.py", "x = '\u202e\u202e'\n".encode()),)),
    ("hidden-character", MAKE, (edited("new.py", b"print('\x1b[31m')\n"),)),
    ("mixed-script", ANY, (edited("src/a.py", "is_\u0430dmin = 1\n".encode()),)),
    ("tampering", ANY, (edited("src/a.py", b"import os\n\nos._exit(0)\n"),)),
    ("shadows", MAKE, (edited("json.py", b"def loads(text): ...\n"),)),
    ("secret", ANY, (edited("src/a.py", b"KEY = '" + b"AKIA" + b"Q7" * 8 + b"'\n"),)),
]
KEPT: list[Row] = [
    ("a tracked file", ANY, (edited("src/a.py"),)),
    ("a script stays a script", ANY, (edited("src/run.sh"),)),
    ("a file the task names", task(Kind.CHANGE, "src/a.py"), (edited("src/a.py"),)),
    ("a file the task names with a dot", task(Kind.CHANGE, "./src/a.py"), (edited("src/a.py"),)),
    ("a file in a folder the task names", task(Kind.CHANGE, "src/"), (edited("src/a.py"),)),
    ("a file of a glob", task(Kind.CHANGE, "src/*.py"), (edited("src/a.py"),)),
    ("a new file the task names", task(Kind.CHANGE, "src/new.py"), (edited("src/new.py"),)),
    ("a new file of a glob", task(Kind.CHANGE, "src/*.py"), (edited("src/new.py"),)),
    ("a new file for a kind that makes files", MAKE, (edited("src/new.py"),)),
    ("a new translation", task(Kind.TRANSLATE), (edited("locale/fr.txt"),)),
    ("a test of kind test", task(Kind.TEST), (edited("tests/test_a.py"),)),
    ("a new test of kind test", task(Kind.TEST), (edited("tests/test_new.py"),)),
    ("a test for the code that is named", task(Kind.TEST, "src/a.py"), (edited("tests/test_a.py"),)),
    ("a test the task names", task(Kind.CHANGE, "tests/test_a.py"), (edited("tests/test_a.py"),)),
    ("tests of a glob for tests", task(Kind.CHANGE, "tests/**"), (edited("tests/test_a.py"),)),
    ("tests of a folder of tests", task(Kind.CHANGE, "tests"), (edited("tests/test_a.py"),)),
    ("tests of a glob for names of tests", task(Kind.CHANGE, "**/test_*.py"), (edited("src/tests/test_b.py"),)),
    ("configuration the task names", task(Kind.CHANGE, "pyproject.toml"), (edited("pyproject.toml"),)),
    ("lock files of a glob for them", task(Kind.CHANGE, "*.lock"), (edited("uv.lock"),)),
    ("a part of .github that runs nothing", task(Kind.CHANGE, ".github/*"), (edited(".github/dependabot.yml"),)),
    (
        "a workflow named literally",
        task(Kind.CHANGE, ".github/workflows/ci.yml"),
        (edited(".github/workflows/ci.yml"),),
    ),
    ("a conftest named literally", task(Kind.TEST, "tests/conftest.py"), (edited("tests/conftest.py"),)),
    ("a removal the task names", task(Kind.CHANGE, "src/big.py"), (removed("src/big.py"),)),
    ("as many lines as allowed", MAKE, (edited("new.txt", b"x\n" * 300),)),
    ("as many bytes as allowed", MAKE, (edited("new.txt", b"x" * 100_000),)),
    ("as many files as allowed", MAKE, tuple(edited(f"new{number}.py") for number in range(20))),
    ("NUL bytes that were there", ANY, (edited("src/data.bin", b"\x00\x02\n"),)),
    ("a big file rewritten", ANY, (edited("src/big.py", b"x\n" * 51),)),
    ("a big file cut to a tenth", ANY, (edited("src/big.py", b"".join(b"line %d\n" % n for n in range(10))),)),
    ("a file of forty lines cut to one", ANY, (edited("src/40.py", b"x\n"),)),
    ("an empty new file", MAKE, (edited("src/__init__.py", b""),)),
    ("a small file cut short", ANY, (edited("src/a.py", b"x"),)),
    ("a hidden character that was there", ANY, (edited("src/bidi.py", "y = '\u202e'\n".encode()),)),
    ("a marker that was there", ANY, (edited("src/clash.txt", b"<<<<<<< HEAD\nb\n"),)),
    ("an underline", ANY, (edited("src/a.py", b"Title\n=======\n"),)),
    ("an emoji", ANY, (edited("src/a.py", "# \u26a0\ufe0f\n".encode()),)),
]


@pytest.mark.parametrize(("code", "asked", "changes"), BROKEN)
def test_a_broken_rule_is_named(code: str, asked: Task, changes: tuple[Change, ...]) -> None:
    with pytest.raises(Rejected) as caught:
        judge(asked, *changes)

    assert (caught.value.refused.stage, caught.value.refused.reason) == ("guard", code)
    assert len(caught.value.refused.words) > 20


@pytest.mark.parametrize(("asked", "changes"), [pytest.param(*row[1:], id=row[0]) for row in KEPT])
def test_a_patch_that_keeps_all_rules_is_allowed(asked: Task, changes: tuple[Change, ...]) -> None:
    assert judge(asked, *changes) == AllowedPatch(Patch(changes))


def test_every_rule_has_a_row() -> None:
    assert {code for code, _, _ in BROKEN} == set(RULES) - set(FORMS)


def test_the_project_sets_the_limits() -> None:
    strict = GuardSettings(max_lines=1, max_files=1, max_bytes=10, protect=("db/**",))
    lax = GuardSettings(allow=("pyproject.toml", "tests/**"))

    for change in (edited("db/1.sql"), edited("src/a.py", b"x\ny\n"), edited("src/a.py", b"12345678901")):
        with pytest.raises(Rejected):
            judge(ANY, change, settings=strict)
    assert judge(ANY, edited("pyproject.toml"), edited("tests/test_a.py"), settings=lax)
    assert judge(task(Kind.CHANGE, "db/*.sql"), edited("db/1.sql"), settings=GuardSettings(protect=("db/**",)))


def test_an_unprotected_test_is_still_out_of_scope_for_another_kind() -> None:
    with pytest.raises(Rejected, match="out-of-scope"):
        judge(task(Kind.CHANGE, "src/a.py"), edited("tests/test_a.py"), settings=GuardSettings(allow=("tests/**",)))


def test_words_never_repeat_a_secret() -> None:
    key = b"AKIA" + b"Q7" * 8

    with pytest.raises(Rejected) as caught:
        judge(ANY, edited("src/a.py", key))

    assert key.decode() not in caught.value.refused.words
    assert "AWS access key" in caught.value.refused.words


def test_a_folder_is_never_read() -> None:
    def read(path: str) -> SourceFile | None:
        assert path in {"src/new.py", "src/a.py"}
        return TREE.get(path)

    guard(Patch((edited("src/a.py"), edited("src/new.py"))), MAKE, GuardSettings(), TREE, read)
