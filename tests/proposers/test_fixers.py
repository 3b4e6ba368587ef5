"""Real tools in real sandboxes; what they leave behind is read back with care."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from briefs import a_brief, reason, silence

from gitbuddy.errors import Rejected
from gitbuddy.linters import LINTERS, Linter
from gitbuddy.proposers.fixers import LARGEST, Fixers, read_regular
from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.values import Brief, Event, Limits, Mounts, SourceFile, WriteFile

BAD = b"import os\nimport sys\n\nprint(sys.argv)\n"
GOOD = b"import sys\n\nprint(sys.argv)\n"
RUFF = next(fixer for fixer in LINTERS if fixer.name == "ruff check")
RUFF_FORMAT = next(fixer for fixer in LINTERS if fixer.name == "ruff format")
CARGO_FMT = next(fixer for fixer in LINTERS if fixer.name == "cargo fmt")
LIMITS = Limits(seconds=60.0)
Require = Callable[[str], str]


def shell(script: str, name: str = "tool") -> Linter:
    """A fixer that is a shell script; its arguments are `--` and the paths."""
    return Linter(name, (".py",), (), ("sh", "-c", script, "sh"))


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Plain:
    """No walls: what happens to the files is what is looked at here."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return Plain(find_toolchain(os.environ, Path.home()))


@pytest.fixture
def bubblewrap(plain: Plain, require: Require) -> Bubblewrap:
    require("bwrap")
    return Bubblewrap(find_toolchain(os.environ, Path.home()))


def brief_with(root: Path, **files: bytes) -> Brief:
    """A brief for files laid out below `root`; `__` in a name stands for a slash."""
    sources = []
    for name, data in files.items():
        path = name.replace("__", "/") + ".py"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        sources.append(SourceFile(path, data))
    return replace(a_brief(files=tuple(sources)), mounts=Mounts(root, root))


def propose(sandbox: Sandbox, brief: Brief, *fixers: Linter) -> tuple[str, dict[str, bytes]]:
    """The reply and the proposed bytes by path."""
    proposal = Fixers(sandbox, fixers, LIMITS).propose(brief, silence)
    edits = [edit for edit in proposal.edits or () if isinstance(edit, WriteFile) and isinstance(edit.content, bytes)]
    assert len(edits) == len(proposal.edits or ())
    return proposal.reply, {edit.path: bytes(edit.content) for edit in edits}  # type: ignore[arg-type]  # bytes by the line above


def test_ruff_mends_what_it_can(plain: Plain, tmp_path: Path) -> None:
    reply, edits = propose(plain, brief_with(tmp_path, a=BAD, b=GOOD), RUFF)

    assert edits == {"a.py": GOOD}
    assert "$ ruff check --fix" in reply
    assert "(2 files): exit code 0" in reply


def test_ruff_works_inside_the_walls(bubblewrap: Bubblewrap, tmp_path: Path) -> None:
    _, edits = propose(bubblewrap, brief_with(tmp_path, sub__a=BAD), RUFF)

    assert edits == {"sub/a.py": GOOD}


def test_several_tools_run_one_after_the_other(plain: Plain, tmp_path: Path) -> None:
    brief = brief_with(tmp_path, a=b"import os\nx = {  'a':1 }\n")
    reply, edits = propose(plain, brief, RUFF, RUFF_FORMAT)

    assert edits == {"a.py": b'x = {"a": 1}\n'}
    assert reply.index("ruff check") < reply.index("ruff format")


def test_cargo_fmt_lays_out_the_named_files_only(plain: Plain, tmp_path: Path, require: Require) -> None:
    require("rustfmt")
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n')
    (tmp_path / "src").mkdir()
    source = SourceFile("src/main.rs", b"mod other;\nfn main(){other::f( )}\n")
    (tmp_path / source.path).write_bytes(source.data)
    (tmp_path / "src/other.rs").write_bytes(b"pub fn f( ){}\n")
    brief = replace(a_brief(files=(source,)), mounts=Mounts(tmp_path, tmp_path))

    _, edits = propose(plain, brief, CARGO_FMT)

    assert edits == {"src/main.rs": b"mod other;\nfn main() {\n    other::f()\n}\n"}


def test_files_beside_those_of_the_brief_are_no_proposal(plain: Plain, tmp_path: Path) -> None:
    brief = brief_with(tmp_path, a=BAD)
    (tmp_path / "other.py").write_bytes(BAD)

    _, edits = propose(plain, brief, shell("echo new > new.py; echo other > other.py; echo mine > a.py"))

    assert edits == {"a.py": b"mine\n"}


def test_a_tool_that_is_not_installed_is_named_and_skipped(plain: Plain, tmp_path: Path) -> None:
    absent = Linter("absent", (".py",), (), ("no-such-tool-here", "--fix"))
    reply, edits = propose(plain, brief_with(tmp_path, a=BAD), absent, RUFF)

    assert list(edits) == ["a.py"]
    assert "not installed: no-such-tool-here" in reply


def test_what_may_not_be_changed_does_not_spoil_the_rest(plain: Plain, tmp_path: Path) -> None:
    brief = brief_with(tmp_path, a=BAD, tests__test_a=BAD)

    proposal = Fixers(plain, (RUFF,), LIMITS, lambda path: path == "a.py").propose(brief, silence)

    assert proposal.edits == (WriteFile("a.py", GOOD),)
    assert (tmp_path / "tests/test_a.py").read_bytes() == BAD


def test_a_file_that_would_be_left_empty_does_not_spoil_the_rest(plain: Plain, tmp_path: Path) -> None:
    reply, edits = propose(plain, brief_with(tmp_path, a=BAD, b=b"import os\n"), RUFF)

    assert edits == {"a.py": GOOD}
    assert "left as it is, or it would be empty: b.py" in reply


def refusal(sandbox: Sandbox, brief: Brief, *fixers: Linter) -> Rejected:
    with pytest.raises(Rejected) as caught:
        Fixers(sandbox, fixers, LIMITS).propose(brief, silence)
    return caught.value


def test_no_tool_at_all_is_no_fixer(plain: Plain, tmp_path: Path) -> None:
    brief = brief_with(tmp_path, a=BAD)
    absent = Linter("absent", (".py",), (), ("no-such-tool-here",))
    other_language = Linter("gofmt", (".go",), (), ("sh", "-w"))

    assert reason(refusal(plain, brief)) == "no-fixer"
    assert reason(refusal(plain, brief, other_language)) == "no-fixer"
    assert "no-such-tool-here" in refusal(plain, brief, absent).refused.words


def test_nothing_changed_is_no_change_and_says_what_ran(plain: Plain, tmp_path: Path) -> None:
    rejected = refusal(plain, brief_with(tmp_path, a=GOOD), RUFF)

    assert reason(rejected) == "no-change"
    assert "ruff check" in rejected.reply


def test_a_failing_tool_still_gives_what_it_mended(plain: Plain, tmp_path: Path) -> None:
    reply, edits = propose(plain, brief_with(tmp_path, a=BAD), shell("echo mended > a.py; echo problems left; exit 1"))

    assert edits == {"a.py": b"mended\n"}
    assert "exit code 1\nproblems left" in reply


def test_a_tool_that_hangs_is_stopped_and_named(plain: Plain, tmp_path: Path) -> None:
    fixers = Fixers(plain, (shell("echo half > a.py; sleep 60"),), Limits(seconds=0.5))

    assert "ran out of time" in fixers.propose(brief_with(tmp_path, a=BAD), silence).reply


def test_what_runs_is_told(plain: Plain, tmp_path: Path) -> None:
    events: list[Event] = []
    Fixers(plain, (RUFF,), LIMITS).propose(brief_with(tmp_path, a=BAD), events.append)

    assert [(event.name, event.data["name"], event.data["exitCode"]) for event in events] == [
        ("fixer_complete", "ruff check", 0)
    ]


TRICKS = [
    ("a link to a secret", 'ln -sf "$PWD/../secret" a.py'),
    ("a folder that is a link", 'rm -r sub && ln -s "$PWD/../elsewhere" sub'),
    ("a FIFO", "rm a.py && mkfifo a.py"),
    ("a folder", "rm a.py && mkdir a.py"),
    ("removed", "rm a.py"),
    ("huge", f"truncate -s {LARGEST + 1} a.py"),
]


@pytest.mark.parametrize(("name", "script"), TRICKS, ids=[row[0] for row in TRICKS])
def test_only_regular_files_are_read_back(plain: Plain, tmp_path: Path, name: str, script: str) -> None:
    (tmp_path / "secret").write_text("password")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/b.py").write_text("password")
    (tmp_path / "work").mkdir()
    brief = brief_with(tmp_path / "work", a=GOOD, sub__b=GOOD)

    assert reason(refusal(plain, brief, shell(script))) == "no-change"


def test_a_path_is_never_taken_for_an_option(plain: Plain, tmp_path: Path) -> None:
    name = "--unsafe-fixes"
    brief = brief_with(tmp_path, **{name: BAD})
    _, edits = propose(plain, brief, RUFF)

    assert edits == {f"{name}.py": GOOD}


def test_a_regular_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12345")

    assert read_regular(tmp_path, "f", 5) == b"12345"
    assert read_regular(tmp_path, "f", 4) is None
    assert read_regular(tmp_path, "absent", 4) is None
    assert read_regular(tmp_path / "absent", "f", 4) is None
