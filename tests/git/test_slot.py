"""A worktree is laid out with a patch and put back, whatever commands did in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from given import FILES, edit, given_pool, given_repo, patch_of, snapshot

from gitbuddy.git.disk import Disk
from gitbuddy.git.repo import Repo
from gitbuddy.git.scan import Scan
from gitbuddy.git.slot import Slot
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Change


@pytest.fixture
def builder(tmp_path: Path) -> RepoBuilder:
    builder = RepoBuilder(tmp_path / "repo")
    builder.write(FILES)
    (builder.path / "tool.sh").write_text("#!/bin/sh\n")
    (builder.path / "tool.sh").chmod(0o755)
    (builder.path / "link").symlink_to("/etc")
    (builder.path / b"odd\xff name".decode("utf-8", "surrogateescape")).write_text("odd\n")
    (builder.path / ":colon").write_text("pathspec magic\n")
    builder.commit("start")
    return builder


@pytest.fixture(params=["full pass", "watch"])
def slot(request: pytest.FixtureRequest, builder: RepoBuilder, tmp_path: Path) -> Iterator[Slot]:
    repo, pool = given_pool(builder, tmp_path / "cache", watch=request.param == "watch")
    with pool.slot(repo.head()) as slot:
        assert slot.settle() == ()  # from here on, the watch is on
        yield slot


def test_a_slot_stands_at_the_base(builder: RepoBuilder, repo: Repo, slot: Slot) -> None:
    assert snapshot(slot.path) == snapshot(builder.path)
    assert slot.base == builder.head()
    assert slot.base_tree == repo.tree_of(slot.base)
    assert "calc.py" in slot.tracked
    assert slot.read("calc.py") == repo.read(slot.base, "calc.py")
    assert slot.mounts.worktree == slot.path
    assert slot.mounts.at == repo.top
    assert slot.settle() == ()


def test_laying_out_writes_the_patch_and_settling_takes_it_back(builder: RepoBuilder, repo: Repo, slot: Slot) -> None:
    base = snapshot(slot.path)
    allowed = patch_of(
        edit(repo, "calc.py", "fixed\r\n"),
        edit(repo, "pkg/deep/er/far.py", None),
        edit(repo, "new/run.sh", "#!/bin/sh\n", 0o100755),
        edit(repo, "build/ignored.txt", "a new file that git ignores\n"),
    )
    slot.lay_out(allowed)
    builder.git("checkout", "--quiet", "--detach")
    laid = snapshot(slot.path)

    assert laid["calc.py"][1] == b"fixed\r\n"
    assert laid["new/run.sh"][0] & 0o111
    assert "pkg/deep" not in laid
    assert {path for path in base.keys() ^ laid.keys() if "." in path} == {
        "pkg/deep/er/far.py",
        "new/run.sh",
        "build/ignored.txt",
    }
    assert slot.settle() == ()
    assert snapshot(slot.path) == base


def test_laying_out_again_replaces_the_patch_before(repo: Repo, slot: Slot) -> None:
    base = snapshot(slot.path)
    slot.lay_out(patch_of(edit(repo, "calc.py", "one\n"), edit(repo, "n.py", "one\n")))
    slot.lay_out(patch_of(edit(repo, "calc.py", "two\n"), edit(repo, "pkg/text.py", None)))

    assert (slot.path / "calc.py").read_text() == "two\n"
    assert not (slot.path / "n.py").exists()
    assert not (slot.path / "pkg/text.py").exists()
    slot.lay_out(None)
    assert snapshot(slot.path) == base


def test_only_files_of_the_patch_are_written(repo: Repo, slot: Slot) -> None:
    before = {path: path.stat().st_mtime_ns for path in slot.path.rglob("*.py")}
    slot.lay_out(patch_of(edit(repo, "calc.py", "one\n")))
    slot.settle()
    after = {path: path.stat().st_mtime_ns for path in slot.path.rglob("*.py")}

    assert [path.name for path in before if before[path] != after[path]] == ["calc.py"]


def test_every_version_of_a_file_has_a_second_of_its_own(repo: Repo, slot: Slot) -> None:
    seen = [int((slot.path / "calc.py").stat().st_mtime)]
    for number in range(4):
        slot.lay_out(patch_of(edit(repo, "calc.py", f"{number}\n")))
        seen.append(int((slot.path / "calc.py").stat().st_mtime))
        slot.settle()
        seen.append(int((slot.path / "calc.py").stat().st_mtime))

    assert len(set(seen)) == len(seen)
    assert seen == sorted(seen)


def test_python_never_runs_bytecode_of_another_attempt(repo: Repo, slot: Slot) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run() -> bytes:
        program = "import pkg.text; print(pkg.text.WORD)"
        return subprocess.check_output([sys.executable, "-c", program], cwd=slot.path, env=environment)

    said = []
    for word in ("aaa", "bbb", "ccc"):  # the same size, in the same second
        slot.lay_out(patch_of(edit(repo, "pkg/text.py", f"WORD = '{word}'\n")))
        said.append(run())
        slot.settle()
    said.append(run())

    assert said == [b"aaa\n", b"bbb\n", b"ccc\n", b"old\n"]
    assert (slot.path / "pkg/__pycache__").is_dir()


def change(path: str, data: bytes = b"altered\n") -> Callable[[Path], None]:
    return lambda top: void((top / path).write_bytes(data))


def void(_value: object) -> None:
    pass


def same_size_and_time(top: Path) -> None:
    found = (top / "calc.py").stat()
    (top / "calc.py").write_bytes(b"x" * found.st_size)
    os.utime(top / "calc.py", ns=(found.st_atime_ns, found.st_mtime_ns))


def file_by_folder(top: Path) -> None:
    (top / "calc.py").unlink()
    (top / "calc.py/inner").mkdir(parents=True)


def folder_by_file(top: Path) -> None:
    shutil.rmtree(top / "pkg")
    (top / "pkg").write_text("")


def folder_by_symlink(top: Path) -> None:
    shutil.rmtree(top / "pkg")
    (top.parent / "victim").mkdir(exist_ok=True)
    (top / "pkg").symlink_to(top.parent / "victim")


def file_by_fifo(top: Path) -> None:
    (top / "calc.py").unlink()
    os.mkfifo(top / "calc.py")


def file_by_symlink(top: Path) -> None:
    (top / "calc.py").unlink()
    (top / "calc.py").symlink_to("/etc/passwd")


def link_retargeted(top: Path) -> None:
    (top / "link").unlink()
    (top / "link").symlink_to("/root")


def everything_removed(top: Path) -> None:
    for path in top.iterdir():
        if path.name != ".git":
            path.unlink() if not path.is_dir() or path.is_symlink() else shutil.rmtree(path)


def rules_that_hide(top: Path) -> None:
    (top / ".gitignore").write_text("*\n")
    (top / "conftest.py").write_text("import os\n")
    (top / "pkg/.gitignore").write_text("*\n")
    (top / "pkg/evil.py").write_text("")


ALTERATIONS: list[tuple[Callable[[Path], None], list[str]]] = [
    (change("calc.py"), ["calc.py"]),
    (change("pkg/deep/er/far.py"), ["pkg/deep/er/far.py"]),
    (change(":colon"), [":colon"]),
    (same_size_and_time, ["calc.py"]),
    (lambda top: (top / "calc.py").unlink(), ["calc.py"]),
    (lambda top: (top / "tool.sh").chmod(0o644), ["tool.sh"]),
    (lambda top: (top / "calc.py").chmod(0o755), ["calc.py"]),
    (file_by_folder, ["calc.py"]),
    (file_by_fifo, ["calc.py"]),
    (file_by_symlink, ["calc.py"]),
    (link_retargeted, ["link"]),
    (folder_by_file, ["pkg/__init__.py", "pkg/deep/er/far.py", "pkg/text.py"]),
    (folder_by_symlink, ["pkg/__init__.py", "pkg/deep/er/far.py", "pkg/text.py"]),
    (lambda top: shutil.rmtree(top / "pkg/deep"), ["pkg/deep/er/far.py"]),
    (rules_that_hide, [".gitignore"]),
    (
        everything_removed,
        sorted([*FILES, "tool.sh", "link", ":colon", "odd\udcff name"], key=os.fsencode),
    ),
]


@pytest.mark.parametrize(("damage", "altered"), ALTERATIONS)
def test_what_a_command_altered_is_told_and_undone(
    slot: Slot, damage: Callable[[Path], None], altered: list[str]
) -> None:
    base = snapshot(slot.path)
    damage(slot.path)

    assert list(slot.settle()) == altered
    assert snapshot(slot.path) == base
    assert slot.settle() == ()


def nested_repository(top: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(top / "nested")], check=True)
    (top / "nested/file").write_text("")


def names_of_bytes(top: Path) -> None:
    for name in (
        b"\xff\xfe",
        b"new\nline",
        b"-rf",
        b":(top)magic",
        b":(bad)magic",
        b"*",
        b"pkg/\xe9.py",
        b' "quoted"\t',
    ):
        Path(os.fsdecode(os.fsencode(top) + b"/" + name)).write_text("x")


def read_only_folders(top: Path) -> None:
    (top / "ro/inner").mkdir(parents=True)
    (top / "ro/inner/file").write_text("")
    (top / "ro/inner").chmod(0o000)
    (top / "ro").chmod(0o500)


def special_files(top: Path) -> None:
    os.mkfifo(top / "fifo")
    (top / "dangling").symlink_to("nowhere")
    (top / "pkg/loop").symlink_to(".")


def empty_folders(top: Path) -> None:
    (top / "out/put").mkdir(parents=True)
    (top / "pkg/new").mkdir()


def git_in_a_tracked_folder(top: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(top / "pkg")], check=True)


LEFTOVERS = [
    lambda top: void((top / "new.txt").write_text("x")),
    lambda top: void((top / "pkg/new.txt").write_text("x")),
    nested_repository,
    names_of_bytes,
    read_only_folders,
    special_files,
    empty_folders,
    git_in_a_tracked_folder,
]


@pytest.mark.parametrize("litter", LEFTOVERS)
def test_what_a_command_left_is_removed(slot: Slot, litter: Callable[[Path], None]) -> None:
    base = snapshot(slot.path)
    litter(slot.path)

    assert slot.settle() == ()
    assert snapshot(slot.path) == base


@pytest.mark.parametrize("pause", [0.0, 0.3])
def test_leftovers_are_found_every_time(slot: Slot, pause: float) -> None:
    base = snapshot(slot.path)
    for number in range(3):
        time.sleep(pause)  # folders at rest are remembered, folders just changed are not
        slot.settle()
        (slot.path / "pkg" / f"{number}.txt").write_text("x")
        (slot.path / "pkg/deep/new").mkdir()
        slot.settle()

        assert snapshot(slot.path) == base


def test_a_folder_is_remembered_only_when_it_is_at_rest(repo: Repo, tmp_path: Path) -> None:
    listing = repo.listing(repo.head())
    for folder in listing.folders:
        (tmp_path / "top" / os.fsdecode(folder)).mkdir(parents=True)
    (tmp_path / "trash").mkdir()
    disk = Disk(tmp_path / "top", tmp_path / "trash")
    scan = Scan(disk, listing)
    assert scan.extras() == []
    remembered = [set(scan._known)]
    time.sleep(0.2)
    scan.extras()
    remembered.append(set(scan._known))
    disk.close()

    assert remembered == [set(), set(listing.folders)]


def test_ignored_files_stay_until_the_slot_is_wiped(slot: Slot) -> None:
    base = snapshot(slot.path)
    for name in ("build/out.o", "pkg/__pycache__/x.pyc", "run.log", ".mypy_cache/3.11/x.json"):
        (slot.path / name).parent.mkdir(parents=True, exist_ok=True)
        (slot.path / name).write_text("warm")
    slot.settle()

    assert (slot.path / "build/out.o").read_text() == "warm"
    assert (slot.path / ".mypy_cache/3.11/x.json").exists()
    slot.wipe()
    assert snapshot(slot.path) == base


def test_bytecode_that_one_candidate_planted_is_never_run_for_the_next(repo: Repo, slot: Slot) -> None:
    """A file of it can say that it is not to be compared with its source (PEP 552)."""
    compiling = "import py_compile as p; p.compile('calc.py', invalidation_mode=p.PycInvalidationMode.UNCHECKED_HASH)"
    seen = []
    for value in ("1", "2"):
        slot.lay_out(patch_of(edit(repo, "calc.py", f"VALUE = {value}\n")))
        done = subprocess.run(
            [sys.executable, "-c", "import calc; print(calc.VALUE)"], cwd=slot.path, capture_output=True, check=True
        )
        seen.append(done.stdout)
        subprocess.run([sys.executable, "-c", compiling], cwd=slot.path, check=True)
        slot.settle()

    assert seen == [b"1\n", b"2\n"]
    assert not (slot.path / "__pycache__").exists()


def test_changes_beyond_the_patch_are_told_from_the_patch(repo: Repo, slot: Slot) -> None:
    base = snapshot(slot.path)
    slot.lay_out(patch_of(edit(repo, "calc.py", "fixed\n"), edit(repo, "n.py", "new\n"), edit(repo, "README.md", None)))
    (slot.path / "calc.py").write_text("formatted\n")
    (slot.path / "n.py").unlink()
    (slot.path / "README.md").write_bytes(base["README.md"][1])
    (slot.path / "pkg/text.py").write_text("too\n")

    assert slot.settle() == ("README.md", "calc.py", "n.py", "pkg/text.py")
    assert snapshot(slot.path) == base


def test_nothing_is_written_through_a_symlink_of_the_base(repo: Repo, slot: Slot, tmp_path: Path) -> None:
    slot.lay_out(patch_of(Change("link/gitbuddy-was-here", None, b"x")))

    assert not Path("/etc/gitbuddy-was-here").exists()
    slot.settle()
    assert (slot.path / "link").readlink() == Path("/etc")


def test_unreadable_folders_hide_nothing_from_an_ordinary_user(
    builder: RepoBuilder, tmp_path: Path, require: Callable[[str], str]
) -> None:
    program = """
import sys, os
from pathlib import Path
from given import given_pool, snapshot
from gitbuddy.testing.repo import RepoBuilder
repo, pool = given_pool(RepoBuilder(Path(sys.argv[1])), Path(sys.argv[2]))
with pool.slot(repo.head()) as slot:
    base = snapshot(slot.path)
    (slot.path / "pkg/text.py").write_text("altered")
    (slot.path / "pkg/deep/er/far.py").chmod(0)
    (slot.path / "pkg/deep/er").chmod(0)
    (slot.path / "pkg").chmod(0o500)
    (slot.path / "ro/in").mkdir(parents=True)
    (slot.path / "ro/in/file").write_text("x")
    (slot.path / "ro/in").chmod(0)
    (slot.path / "ro").chmod(0)
    slot.path.chmod(0)
    altered = slot.settle()
    after = snapshot(slot.path)
    assert {path: value[1] for path, value in after.items()} == {path: value[1] for path, value in base.items()}
    print(*altered)
"""
    drop = [require("setpriv"), "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    environment = dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    out = subprocess.check_output(
        [*drop, sys.executable, "-c", program, str(builder.path), str(tmp_path / "cache")], env=environment
    )

    assert out == b"pkg/deep/er/far.py pkg/text.py\n"


def test_submodules_are_never_filled_and_what_a_command_puts_there_goes(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    builder.git("update-index", "--add", "--cacheinfo", f"160000,{builder.head()},libs/sub")
    builder.write({".gitmodules": '[submodule "libs/sub"]\n\tpath = libs/sub\n\turl = ext::touch proof\n'})
    builder.git("add", ".gitmodules")
    builder.git("commit", "--quiet", "-m", "a submodule")
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        assert list((slot.path / "libs/sub").iterdir()) == []
        subprocess.run(["git", "init", "--quiet", str(slot.path / "libs/sub")], check=True)
        (slot.path / "libs/sub/x.py").write_text("")
        (slot.path / "libs/sub/x.log").write_text("ignored elsewhere")

        assert slot.settle() == ()
        assert list((slot.path / "libs/sub").iterdir()) == []
        shutil.rmtree(slot.path / "libs")
        assert slot.settle() == ()
        assert (slot.path / "libs/sub").is_dir()
