"""Cases A13 to A25: what a model answers, and what it may do to files. Each refusal has its reason code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gitbuddy.config import GuardSettings
from gitbuddy.core.apply import apply
from gitbuddy.core.formats import parse
from gitbuddy.core.guard import guard, opened
from gitbuddy.core.rules.protected import protection
from gitbuddy.errors import GitbuddyError, Rejected, UsageError
from gitbuddy.git.codec import state_from_json, task_from_json
from gitbuddy.git.taskfile import read_task
from gitbuddy.values import Change, Kind, Origin, Patch, Replace, SourceFile, Task, WriteFile

FILES: Mapping[str, SourceFile] = {
    "src/a.py": SourceFile("src/a.py", b"one\ntwo\ntwo\nx = '\xe2\x80\xae'\n"),
    "src/B.py": SourceFile("src/B.py", b"b\n"),
    "src/caf\u00e9.py": SourceFile("src/caf\u00e9.py", b"c\n"),
    "src/data.bin": SourceFile("src/data.bin", b"\0\1"),
    "src/long.py": SourceFile("src/long.py", b"".join(b"line %d\n" % n for n in range(100))),
    "link": SourceFile("link", b"/etc", 0o120000),
    "module": SourceFile("module", b"", 0o160000),
}
MAKE, CHANGE = Kind.GENERATE, Kind.CHANGE


def task(kind: Kind, *files: str) -> Task:
    return Task(kind, "t", "0" * 40, Origin("cli"), files=files)


def refused(*changes: Change, kind: Kind = CHANGE, files: Sequence[str] = (), max_lines: int = 300) -> str:
    """The guard's reason code; empty when it lets the patch through."""
    tracked = [path for path, file in FILES.items() if file.mode == 0o100644]
    try:
        guard(Patch(changes), task(kind, *files), GuardSettings(max_lines=max_lines), tracked, FILES.get)
    except Rejected as rejected:
        return rejected.refused.reason
    return ""


def new(path: str, text: str | bytes = "x\n", mode: int = 0o100644) -> Change:
    return Change(path, None, text.encode() if isinstance(text, str) else text, mode)


def edited(path: str, after: bytes | None) -> Change:
    return Change(path, FILES[path].data, after)


@pytest.mark.parametrize(
    "text",
    [
        'Here is the task: {"description": "x"}',
        '{"description": "x"} {"description": "y"}',
        '```json\n{"description": "x"}\n```',
        '{"description": "x"} trailing',
        '{"description": "x",}',
    ],
)
def test_a13_json_with_anything_around_it_is_no_task(text: str) -> None:
    found = None
    if text.startswith("{"):
        with pytest.raises(UsageError, match="not valid JSON"):
            read_task(text.encode(), base="b", source="json", place="stdin")
    else:  # what is no JSON is a text, taken as it stands: nothing in it becomes a field
        found = read_task(text.encode(), base="b", source="json", place="stdin")
    assert found is None or found.text == text


@pytest.mark.parametrize(
    "text",
    [
        b'{"description": "x", "description": "y"}',
        b'{"description": NaN}',
        b"[" * 100_000,
        b'{"description": ' + b"[" * 100_000,
        b'{"description": "' + b"x" * 50_000_000 + b'"}',
        b'{"description": "\xed\xa0\x80"}',
    ],
    ids=["twice", "NaN", "deep", "deep inside", "50 MB", "lone surrogate in UTF-8"],
)
def test_a14_hostile_json_is_refused_within_bounds(text: bytes) -> None:
    with pytest.raises(UsageError):
        read_task(text if text[:1] == b"{" else b'{"description": ' + text, base="b", source="json", place="stdin")
    for read in (task_from_json, state_from_json):
        with pytest.raises(GitbuddyError):
            read(text[:1_000_000])


@pytest.mark.parametrize(
    "reply", ["I changed it.", "```\ncode of no file\n```", '{"path": "src/a.py", "text": "x"}', ""]
)
def test_a15_a_reply_in_no_known_form_is_refused_on_our_side(reply: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse(reply, ("src/a.py", "src/B.py"))

    assert caught.value.refused.stage == "reply"


A16 = """../x
/x
a/../../x
.git/config
.GIT/hooks/x
sub/.git/config
.git./x
.git /x
git~1/x
GI2837~1/x
.git::$INDEX_ALLOCATION/x
.g\u200cit/x
a\\b
C:/x
//h/s
con
nul.txt
x.""".splitlines()
A16 += ["x ", "", "a\0b", "a\nb", "a\x1bb", "a\u202eb", "n" * 256]


@pytest.mark.parametrize("path", A16)
def test_a16_every_path_that_leads_astray_is_refused_by_name(path: str) -> None:
    assert refused(new(path), kind=MAKE).startswith("path-")


@pytest.mark.parametrize("path", ["src/A.py", "SRC/a.py", "src/b.py", "src/cafe\u0301.py", "Src/new.py"])
def test_a17_a_path_that_differs_only_in_spelling_is_refused(path: str) -> None:
    assert refused(new(path), kind=MAKE) == "path-collision"


@pytest.mark.parametrize("mode", [0o120000, 0o160000, 0o104755, 0o100755])
def test_a18_no_new_modes(mode: int) -> None:
    assert refused(new("src/new.py", mode=mode), kind=MAKE) == "mode"
    assert refused(Change("src/B.py", b"b\n", b"c\n", mode)) == "mode"


def test_a19_a_file_and_something_below_it_are_refused_together() -> None:
    assert refused(new("d", "/etc"), new("d/x"), kind=MAKE) == "path-below-file"


def test_a20_nothing_is_written_through_a_tracked_link() -> None:
    assert refused(new("link/passwd"), kind=MAKE) == "path-below-file"
    assert refused(Change("link", b"/etc", b"/root")) == "special-file"
    assert refused(Change("module", b"", b"x")) == "special-file"


@pytest.mark.parametrize(
    ("search", "reason"), [("two\n", "ambiguous"), ("three\n", "not-found"), ("twa\n", "not-found")]
)
def test_a21_the_place_is_found_once_or_not_at_all(search: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        apply([Replace("src/a.py", search, "new\n")], FILES.get)

    assert reason in caught.value.refused.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edited("src/a.py", b"a\0b\n"), "nul-byte"),
        (edited("src/a.py", b"x\n" * 60_000), "too-large"),
        (edited("src/a.py", b"x\n" * 400), "too-many-lines"),
        (edited("src/long.py", b"line 1\n"), "mass-removal"),
        (edited("src/long.py", b""), "emptied"),
    ],
)
def test_a22_sizes_and_removals_are_bounded(change: Change, reason: str) -> None:
    assert refused(change) == reason


def test_a22_many_files_are_too_many() -> None:
    assert refused(*(new(f"src/n{number}.py") for number in range(21)), kind=MAKE) == "too-many-files"


@pytest.mark.parametrize("text", ["\u202e", "\u2066", "\u200b", "\u00ad", "\u180e", "\u3164", "\U000e0041"])
def test_a23_hidden_characters_are_not_introduced(text: str) -> None:
    assert refused(edited("src/B.py", f"b = '{text}'\n".encode())) == "hidden-character"


def test_a23_words_of_mixed_scripts_are_not_introduced_and_what_was_there_stays() -> None:
    assert refused(edited("src/B.py", "is_\u0430dmin = 1\n".encode())) == "mixed-script"
    assert refused(edited("src/a.py", FILES["src/a.py"].data.replace(b"one", b"1"))) == ""


@pytest.mark.parametrize("after", [b"b\n", b"b  \n", b"b\n\n\n", b"\nb\n"])
def test_a24_nothing_but_layout_is_no_change(after: bytes) -> None:
    assert refused(edited("src/B.py", after), kind=Kind.FIX) == "no-change"


A25 = """
.github/workflows/ci.yml .github/dependabot.yml .gitattributes .gitmodules .lfsconfig
.githooks/pre-commit .husky/pre-commit .pre-commit-config.yaml CODEOWNERS uv.lock package-lock.json
Cargo.lock pyproject.toml package.json Cargo.toml conftest.py pytest.ini tox.ini noxfile.py
sitecustomize.py x.pth Makefile AGENTS.md CLAUDE.md .vscode/settings.json .buddy/config.toml
""".split()  # noqa: SIM905  a table of words reads better


@pytest.mark.parametrize("path", A25)
def test_a25_what_steers_the_project_is_protected_and_said_where_it_was_opened(path: str) -> None:
    settings, patch = GuardSettings(), Patch((new(path),))

    assert refused(new(path), kind=MAKE) == "protected"
    assert protection(path) is not None
    assert refused(new(path), kind=MAKE, files=(path,)) == ""
    assert opened(patch, task(MAKE, path), settings) == (path,)
    assert opened(patch, task(MAKE), settings) == ()


def test_a25_a_whole_file_of_no_task_is_out_of_scope() -> None:
    edits = [WriteFile("src/B.py", "c\n")]

    assert refused(*apply(edits, FILES.get).changes, files=("src/a.py",)) == "out-of-scope"
