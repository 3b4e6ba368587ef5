"""The pool: slots are reused, taken by one process each, and survive whatever happens to their holders."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from given import FILES, edit, end, given_pool, patch_of, snapshot, start, wait_for_line

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool
from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def worktrees(builder: RepoBuilder) -> list[str]:
    out = builder.git("worktree", "list", "--porcelain")
    return [line.split("/")[-1] for line in out.splitlines() if line.startswith("worktree ")][1:]


def test_the_users_side_is_untouched_and_the_repository_whole(
    builder: RepoBuilder, cache: Path, tmp_path: Path
) -> None:
    builder.write({"calc.py": "dirty\n", "untracked.txt": "mine\n"})
    builder.git("add", "calc.py")
    builder.git("stash", "push", "--quiet", "--keep-index")
    builder.poison_hooks(tmp_path / "proof")
    before = builder.manifest()
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as slot:
        slot.lay_out(patch_of(edit(repo, "calc.py", "x\n")))
        slot.settle()
    with pool.slot(repo.head()):
        pass

    assert builder.manifest() == before
    assert not (tmp_path / "proof").exists()
    assert builder.git("fsck", "--strict", "--no-dangling") == ""


def test_a_warm_slot_is_used_again(builder: RepoBuilder, cache: Path) -> None:
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as slot:
        path = slot.path
        (path / "build").mkdir()
        (path / "build/out.o").write_text("warm")
        inode = (path / "calc.py").stat().st_ino
    _, other = given_pool(builder, cache)
    with other.slot(repo.head()) as slot:
        assert slot.path == path
        assert (path / "build/out.o").read_text() == "warm"
        assert (path / "calc.py").stat().st_ino == inode
    assert worktrees(builder) == ["gitbuddy-1"]


def test_a_warm_slot_moves_to_another_base(builder: RepoBuilder, cache: Path) -> None:
    builder.write({"gen.log": "tracked at first, ignored later\n"})
    builder.git("add", "--force", "gen.log")
    first = builder.commit("first")
    (builder.path / "pkg/text.py").unlink()
    (builder.path / "gen.log").unlink()
    (builder.path / "pkg/deep/er/far.py").rename(builder.path / "pkg/deep/near.py")
    (builder.path / "pkg/deep/er").rmdir()
    (builder.path / "calc.py").chmod(0o755)
    second = builder.commit("second", files={"README.md": "other\n", "new/file.py": "x\n", ".gitignore": "*.log\n"})
    expected = snapshot(builder.path)
    _, pool = given_pool(builder, cache)
    with pool.slot(first) as slot:
        (slot.path / "build").mkdir()
        (slot.path / "build/junk").write_text("ignored at the first base only")
        inode = (slot.path / "pkg/__init__.py").stat().st_ino
    with pool.slot(second) as slot:
        assert snapshot(slot.path) == expected
        assert slot.base == second
        assert (slot.path / "pkg/__init__.py").stat().st_ino == inode
        assert subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=slot.path, text=True).strip() == second
        assert subprocess.check_output(["git", "status", "--porcelain"], cwd=slot.path) == b""
    with pool.slot(first) as slot:
        assert {path for path in snapshot(slot.path) if "." in path} == {*FILES, "gen.log"}


def test_the_slot_that_stands_at_the_base_is_preferred(builder: RepoBuilder, cache: Path) -> None:
    first = builder.head()
    second = builder.commit("second", files={"calc.py": "x\n"})
    _, pool = given_pool(builder, cache)
    with pool.slot(first) as one, pool.slot(second) as two:
        paths = one.path, two.path

    with pool.slot(second) as slot:
        assert slot.path == paths[1]
    with pool.slot(first) as slot:
        assert slot.path == paths[0]


def test_threads_and_blocks_get_slots_of_their_own(builder: RepoBuilder, cache: Path) -> None:
    paths: list[Path] = []
    inside = threading.Barrier(4)

    def work() -> None:
        repo, pool = given_pool(builder, cache)
        with pool.slot(repo.head()) as slot:
            inside.wait(60)
            paths.append(slot.path)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(paths)) == 4


HOLD = """
import sys
from pathlib import Path
from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool
repo = Repo.open(Path(sys.argv[1]))
with Pool(repo, Path(sys.argv[2])).slot(repo.head()) as slot:
    assert (slot.path / "calc.py").read_text() == "def add(a, b):\\n    return a - b\\n"
    (slot.path / "calc.py").write_text("half done")
    (slot.path / "left.txt").write_text("half done")
    print(slot.path, flush=True)
    sys.stdin.read()
"""


def test_twelve_processes_at_once(builder: RepoBuilder, cache: Path) -> None:
    jobs = [start(HOLD, builder.path, cache) for _ in range(12)]
    paths = [wait_for_line(job) for job in jobs]
    codes = [end(job)[0] for job in jobs]

    assert codes == [0] * 12
    assert len(set(paths)) == 12
    assert all((Path(path) / "calc.py").read_text() == FILES["calc.py"] for path in paths)
    assert len(worktrees(builder)) == 12
    assert builder.git("fsck", "--strict", "--no-dangling") == ""


def test_a_killed_holder_frees_its_slot_for_a_fresh_folder(builder: RepoBuilder, cache: Path) -> None:
    job = start(HOLD, builder.path, cache)
    path = Path(wait_for_line(job))
    old = os.open(path, os.O_RDONLY)
    job.kill()
    end(job)
    entry = builder.path / ".git/worktrees/gitbuddy-1"
    (entry / "index.lock").touch()
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as slot:
        assert slot.path == path
        assert snapshot(path) == snapshot(builder.path)
        assert not os.path.samestat(os.fstat(old), path.stat())
    os.close(old)
    assert worktrees(builder) == ["gitbuddy-1"]
    assert list((cache / "worktrees/trash/1").iterdir()) == []


def test_ctrl_c_gives_the_slot_back_clean(builder: RepoBuilder, cache: Path) -> None:
    repo, pool = given_pool(builder, cache)

    def job() -> Path:
        with pool.slot(repo.head()) as slot:
            (slot.path / "calc.py").write_text("half done")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job()
    path = cache / "worktrees/slots/gitbuddy-1"
    assert (path / "calc.py").read_text() == FILES["calc.py"]
    assert (cache / "worktrees/locks/1").read_text().startswith(f"parked {repo.head()} ")


KILLED_IN_ADD = """
import os, signal, sys
from pathlib import Path
import gitbuddy.git.registry as registry
from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool
from gitbuddy.git.slot import Slot

def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

def add_half(common_dir, slot, base, hold):
    entry = common_dir / "worktrees" / slot.name
    entry.mkdir(parents=True)
    (entry / "locked").write_text(registry.REASON + str(slot))
    if sys.argv[3] == "entry with pointer":
        slot.mkdir()
        (slot / ".git").write_text(f"gitdir: {entry}\\n")
        (entry / "gitdir").write_text(f"{slot}/.git\\n")
    die()

repo = Repo.open(Path(sys.argv[1]))
if sys.argv[3].startswith("entry"):
    registry.add = add_half
elif sys.argv[3] == "before the checkout":
    Slot.fill = die
elif sys.argv[3] == "in the checkout":
    def fill(self):
        (self.path / "calc.py").write_text("half")
        (self._ground.entry / "index.lock").write_text("half")
        die()
    Slot.fill = fill
elif sys.argv[3] == "before parking":
    Pool._park = die
elif sys.argv[3] == "while discarding":
    (Path(sys.argv[2]) / "worktrees/slots").mkdir(parents=True)
    (Path(sys.argv[2]) / "worktrees/slots/gitbuddy-1").mkdir()
    (Path(sys.argv[2]) / "worktrees/slots/gitbuddy-1/old").write_text("old")
    Pool._empty = die
with Pool(repo, Path(sys.argv[2])).slot(repo.head()) as slot:
    (slot.path / "pkg/text.py").write_text("half")
"""
POINTS = [
    "entry only",
    "entry with pointer",
    "before the checkout",
    "in the checkout",
    "before parking",
    "while discarding",
]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_the_next_job_gets_a_good_slot(builder: RepoBuilder, cache: Path, point: str) -> None:
    before = builder.manifest()
    code, _ = end(start(KILLED_IN_ADD, builder.path, cache, point))
    assert code == -9
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as slot:
        assert snapshot(slot.path) == snapshot(builder.path)
        assert slot.settle() == ()

    assert worktrees(builder) == ["gitbuddy-1"]
    assert builder.manifest() == before
    assert builder.git("fsck", "--strict", "--no-dangling") == ""
    assert list((cache / "worktrees/trash/1").iterdir()) == []


def test_half_made_entries_of_other_slots_are_cleared_too(builder: RepoBuilder, cache: Path) -> None:
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()), pool.slot(repo.head()):
        pass
    shutil.rmtree(cache / "worktrees/slots/gitbuddy-2")
    (cache / "worktrees/locks/1").write_text("")
    with pool.slot(repo.head()):
        assert worktrees(builder) == ["gitbuddy-2"]


def test_entries_of_others_and_slots_in_use_are_left_alone(builder: RepoBuilder, cache: Path, tmp_path: Path) -> None:
    builder.git(
        "worktree", "add", "--quiet", "--detach", "--lock", "--reason", "gitbuddy-like", str(tmp_path / "gitbuddy-7")
    )
    builder.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "gone"))
    shutil.rmtree(tmp_path / "gone")
    repo, pool = given_pool(builder, cache)
    held = start(HOLD, builder.path, cache)
    wait_for_line(held)
    with pool.slot(repo.head()):
        pass

    assert sorted(worktrees(builder)) == ["gitbuddy-1", "gitbuddy-2", "gitbuddy-7", "gone"]
    assert end(held)[0] == 0


def test_the_users_prune_and_gc_leave_slots_alone(builder: RepoBuilder, cache: Path) -> None:
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as slot:
        builder.git("worktree", "prune", "--expire=now")
        builder.git("gc", "--quiet", "--prune=now")
        (slot.path / "calc.py").write_text("x")

        assert slot.settle() == ("calc.py",)


def break_nothing(builder: RepoBuilder, slots: Path) -> None:
    pass


def break_pointer(_builder: RepoBuilder, slots: Path) -> None:
    (slots / "gitbuddy-1/.git").write_text("gitdir: /nowhere\n")


def break_pointer_by_folder(_builder: RepoBuilder, slots: Path) -> None:
    (slots / "gitbuddy-1/.git").unlink()
    (slots / "gitbuddy-1/.git").mkdir()


def break_entry(builder: RepoBuilder, _slots: Path) -> None:
    builder.git("worktree", "remove", "-f", "-f", "gitbuddy-1")


def break_index(builder: RepoBuilder, _slots: Path) -> None:
    (builder.path / ".git/worktrees/gitbuddy-1/index").write_bytes(b"not an index")


def break_index_away(builder: RepoBuilder, _slots: Path) -> None:
    (builder.path / ".git/worktrees/gitbuddy-1/index").unlink()


def break_folder(_builder: RepoBuilder, slots: Path) -> None:
    shutil.rmtree(slots / "gitbuddy-1")


def break_by_symlink(builder: RepoBuilder, slots: Path) -> None:
    shutil.rmtree(slots / "gitbuddy-1")
    (slots / "gitbuddy-1").symlink_to(builder.path)


def break_files(_builder: RepoBuilder, slots: Path) -> None:
    (slots / "gitbuddy-1/calc.py").write_text("x")
    (slots / "gitbuddy-1/new.py").write_text("x")


def break_cache(_builder: RepoBuilder, slots: Path) -> None:
    shutil.rmtree(slots.parent)


@pytest.mark.parametrize(
    "damage",
    [
        break_nothing,
        break_pointer,
        break_pointer_by_folder,
        break_entry,
        break_index,
        break_index_away,
        break_folder,
        break_by_symlink,
        break_files,
        break_cache,
    ],
)
def test_a_parked_slot_that_was_damaged_is_made_good(
    builder: RepoBuilder, cache: Path, damage: Callable[[RepoBuilder, Path], None]
) -> None:
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()):
        pass
    damage(builder, cache / "worktrees/slots")
    with pool.slot(repo.head()) as slot:
        assert snapshot(slot.path) == snapshot(builder.path)
        assert subprocess.check_output(["git", "status", "--porcelain"], cwd=slot.path) == b""
    assert worktrees(builder) == ["gitbuddy-1"]


def test_a_cache_inside_the_repository_is_refused(builder: RepoBuilder) -> None:
    repo = Repo.open(builder.path)
    for root in (builder.path / "cache", builder.path / ".git/cache"):
        with pytest.raises(GitbuddyError, match="inside the repository") as caught, Pool(repo, root).slot(repo.head()):
            pass
        assert "buddy.cache" in caught.value.hint


def test_a_cache_that_cannot_be_written_is_named(builder: RepoBuilder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    repo = Repo.open(builder.path)

    with (
        pytest.raises(GitbuddyError, match="cache folder cannot be written"),
        Pool(repo, tmp_path / "file").slot(repo.head()),
    ):
        pass


def test_when_all_slots_are_taken_it_says_so(
    builder: RepoBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gitbuddy.git.worktree.MOST_SLOTS", 1)
    repo, pool = given_pool(builder, cache)

    with (
        pool.slot(repo.head()),
        pytest.raises(GitbuddyError, match="all worktrees are in use: 1"),
        pool.slot(repo.head()),
    ):
        pass


def test_clearing_removes_what_is_not_in_use(builder: RepoBuilder, cache: Path) -> None:
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as held:
        with pool.slot(repo.head()) as idle:
            pass

        assert pool.clear() == (idle.path,)
        assert held.path.is_dir()
        assert not idle.path.exists()
        assert worktrees(builder) == [held.path.name]
    with pool.slot(repo.head()):
        pass


def test_the_environment_of_a_hook_does_no_harm(
    builder: RepoBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = builder.manifest()
    monkeypatch.setenv("GIT_DIR", str(builder.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(builder.path / ".git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(builder.path))
    monkeypatch.setenv("GIT_PREFIX", "pkg/")
    repo, pool = given_pool(builder, cache)
    with pool.slot(repo.head()) as slot:
        (slot.path / "calc.py").write_text("x")

        assert slot.settle() == ("calc.py",)
    assert builder.manifest() == before


def test_it_works_from_a_linked_worktree_of_the_user(builder: RepoBuilder, cache: Path, tmp_path: Path) -> None:
    builder.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
    head = builder.commit("main goes on")
    repo = Repo.open(tmp_path / "other")
    with Pool(repo, cache).slot(repo.head()) as slot:
        assert slot.mounts.at == tmp_path / "other"
        assert slot.base != head
    assert sorted(worktrees(builder)) == ["gitbuddy-1", "other"]
