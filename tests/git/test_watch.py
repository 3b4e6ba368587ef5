"""With the watch on, `settle` finds every way to alter a tracked file, and looks at everything when it is not sure."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from given import FILES, edit, given_pool, patch_of

from gitbuddy.git import watch as watch_module
from gitbuddy.git.disk import Disk
from gitbuddy.git.repo import Repo
from gitbuddy.git.slot import Slot
from gitbuddy.git.watch import MANY, Watch
from gitbuddy.testing.repo import RepoBuilder

DEEP = "/".join(f"level{number}" for number in range(30)) + "/bottom.py"
FAR = "pkg/deep/er/far.py"
MANY_FILES = {f"many/{number:04}.py": f"{number}\n" for number in range(MANY + 50)}


@pytest.fixture
def builder(tmp_path: Path) -> RepoBuilder:
    builder = RepoBuilder(tmp_path / "repo")
    (builder.path / b"odd\xff name".decode("utf-8", "surrogateescape")).write_text("odd\n")
    builder.commit("start", files={**FILES, DEEP: "deep\n", **MANY_FILES})
    return builder


@pytest.fixture
def slot(builder: RepoBuilder, tmp_path: Path) -> Iterator[Slot]:
    repo, pool = given_pool(builder, tmp_path / "cache", watch=True)
    with pool.slot(repo.head()) as slot:
        assert slot.settle() == ()  # from here on, the watch is on
        yield slot


@pytest.fixture
def full_passes(monkeypatch: pytest.MonkeyPatch) -> list[Slot]:
    """Grows by one with every full pass; each is made as ever."""
    made: list[Slot] = []
    differing = Slot._differing

    def counted(slot: Slot) -> list[bytes]:
        made.append(slot)
        return differing(slot)

    monkeypatch.setattr(Slot, "_differing", counted)
    return made


@pytest.fixture
def watch(builder: RepoBuilder, repo: Repo, tmp_path: Path) -> Iterator[Watch]:
    """A watch on a checkout of its own, not renewed yet."""
    (tmp_path / "trash").mkdir()
    disk = Disk(builder.path, tmp_path / "trash")
    watch = Watch(disk, repo.listing(repo.head()))
    yield watch
    watch.close()
    disk.close()


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def run(program: str, place: Path) -> None:
    """Run Python in a process of its own, which is dead afterwards, in `place`."""
    subprocess.run([sys.executable, "-c", "import mmap, os, shutil, socket, time\n" + program], cwd=place, check=True)


MAP = "fd = os.open('calc.py', os.O_RDWR); m = mmap.mmap(fd, 0)"
TRANSIT = "a, b = socket.socketpair(); socket.send_fds(a, [b'x'], [fd, a.fileno(), b.fileno()])"
FORK = "fd = os.open('calc.py', os.O_RDWR); child = os.fork()"
LATE = "time.sleep(0.1 * (not child)); child or os.write(fd, b'X'); child and os.wait()"
KEEP = "s = os.stat('calc.py'); times = (s.st_atime_ns, s.st_mtime_ns)"
AGAIN = "shutil.copytree('pkg', 'p'); shutil.rmtree('pkg'); os.rename('p', 'pkg')"

DEEDS = [
    ("write", "calc.py", "open('calc.py', 'w').write('x')"),
    ("append", "calc.py", "open('calc.py', 'a').write('x')"),
    ("truncate by descriptor", "calc.py", "os.ftruncate(os.open('calc.py', os.O_RDWR), 3)"),
    ("truncate by name", "calc.py", "os.truncate('calc.py', 3)"),
    ("truncate while opening", "calc.py", "os.open('calc.py', os.O_RDWR | os.O_TRUNC)"),
    ("grow by name", "calc.py", "os.truncate('calc.py', 999)"),
    ("allocate", "calc.py", "os.posix_fallocate(os.open('calc.py', os.O_RDWR), 0, 9999)"),
    ("copy into", "calc.py", "os.copy_file_range(os.open('README.md', 0), os.open('calc.py', os.O_RDWR), 3)"),
    ("mapping", "calc.py", MAP, "os.close(fd); m[0:1] = b'X'"),
    ("mapping with its descriptor open", "calc.py", MAP, "m[0:1] = b'X'"),
    ("mapping with its descriptor in transit", "calc.py", MAP, TRANSIT, "os.close(fd); m[0:1] = b'X'; os._exit(0)"),
    ("late, by a process left behind", "calc.py", FORK, LATE),
    ("with the times put back", "calc.py", KEEP, "open('calc.py', 'r+').write('X'); os.utime('calc.py', ns=times)"),
    (
        "through a symlink",
        "calc.py",
        "os.makedirs('build'); os.symlink('../calc.py', 'build/l')",
        "open('build/l', 'w')",
    ),
    ("by a name in /proc", "calc.py", "fd = os.open('calc.py', os.O_PATH); open(f'/proc/self/fd/{fd}', 'w')"),
    ("exec bit", "calc.py", "os.chmod('calc.py', 0o755)"),
    ("rename over", "calc.py", "open('n', 'w').write('x'); os.rename('n', 'calc.py')"),
    ("unlink", "calc.py", "os.unlink('calc.py')"),
    ("rename away", "calc.py", "os.makedirs('build'); os.rename('calc.py', 'build/calc.py')"),
    (
        "away and back",
        "calc.py",
        "os.rename('calc.py', 'run.log'); open('run.log', 'w'); os.rename('run.log', 'calc.py')",
    ),
    ("symlink instead", "calc.py", "os.unlink('calc.py'); os.symlink('/etc/passwd', 'calc.py')"),
    ("folder instead", "calc.py", "os.unlink('calc.py'); os.makedirs('calc.py/in')"),
    ("fifo instead", "calc.py", "os.unlink('calc.py'); os.mkfifo('calc.py')"),
    ("deep", DEEP, f"open({DEEP!r}, 'w').write('x')"),
    ("a name that is no text", "odd\udcff name", "open(b'odd\\xff name', 'w').write('x')"),
    ("folder away and back", "pkg/text.py", "os.rename('pkg', 'p'); open('p/text.py', 'w'); os.rename('p', 'pkg')"),
    ("upper folder away and back", FAR, "os.rename('pkg', 'p'); open('p/deep/er/far.py', 'w'); os.rename('p', 'pkg')"),
    ("folder removed and made again", "pkg/text.py", AGAIN, "open('pkg/text.py', 'w').write('x')"),
    ("current folder removed", FAR, "os.chdir('pkg/deep/er'); os.unlink('far.py'); os.rmdir('../er')"),
]


@pytest.mark.parametrize(
    ("path", "deed"), [(path, "\n".join(deed)) for _, path, *deed in DEEDS], ids=[row[0] for row in DEEDS]
)
def test_whatever_alters_a_file_is_found_and_undone(slot: Slot, path: str, deed: str) -> None:
    for _ in range(2):
        run(deed, slot.path)

        assert slot.settle() == (path,)
        assert slot.settle(thorough=True) == ()
        shutil.rmtree(slot.path / "build", ignore_errors=True)
        assert slot.settle() == ()


def test_folders_that_change_places_are_found(slot: Slot) -> None:
    run("os.rename('pkg', 'p'); os.rename('many', 'pkg'); os.rename('p', 'many')", slot.path)

    assert set(slot.settle()) == {"pkg/__init__.py", "pkg/text.py", "pkg/deep/er/far.py", *MANY_FILES}
    assert slot.settle(thorough=True) == ()


def test_what_was_only_opened_or_touched_is_not_altered(slot: Slot) -> None:
    run("open('calc.py').read(); os.utime('README.md'); open('pkg/text.py', 'a').close()", slot.path)

    assert slot.settle() == ()


@pytest.mark.parametrize("deed", ["pass", "open('calc.py', 'w').write('x')", "open('pkg/new.txt', 'w').write('x')"])
def test_small_deeds_need_no_full_pass(slot: Slot, full_passes: list[Slot], deed: str) -> None:
    for _ in range(3):
        run(deed, slot.path)
        slot.settle()

    assert full_passes == []


def test_a_patch_needs_no_full_pass(slot: Slot, repo: Repo, full_passes: list[Slot]) -> None:
    for text in ("one\n", "two\n"):
        slot.lay_out(patch_of(edit(repo, "calc.py", text), edit(repo, "new/file.py", text)))
        run("open('README.md', 'w').write('x')", slot.path)

        assert slot.settle() == ("README.md",)
    assert full_passes == []
    assert slot.settle(thorough=True) == ()


def test_a_folder_that_a_patch_empties_is_watched_again(slot: Slot, repo: Repo) -> None:
    slot.lay_out(patch_of(edit(repo, "pkg/deep/er/far.py", None)))
    assert not (slot.path / "pkg/deep").exists()
    assert slot.settle() == ()
    run("open('pkg/deep/er/far.py', 'w').write('x')", slot.path)

    assert slot.settle() == ("pkg/deep/er/far.py",)


def test_a_folder_that_settling_makes_anew_is_watched_again(slot: Slot, repo: Repo) -> None:
    slot.lay_out(patch_of(edit(repo, "pkg/deep/er/new.py", "x\n")))
    run("os.unlink('pkg/deep/er/far.py')", slot.path)
    assert slot.settle() == ("pkg/deep/er/far.py",)
    run("open('pkg/deep/er/far.py', 'w').write('x')", slot.path)

    assert slot.settle() == ("pkg/deep/er/far.py",)


def test_a_thorough_settle_looks_at_everything_and_loses_nothing(slot: Slot, full_passes: list[Slot]) -> None:
    run("open('calc.py', 'w').write('x')", slot.path)

    assert slot.settle(thorough=True) == ("calc.py",)
    assert len(full_passes) == 1
    run("open('calc.py', 'w').write('x')", slot.path)
    assert slot.settle() == ("calc.py",)


def test_the_slot_is_parked_and_taken_with_a_full_pass(
    builder: RepoBuilder, tmp_path: Path, full_passes: list[Slot]
) -> None:
    repo, pool = given_pool(builder, tmp_path / "cache", watch=True)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        full_passes.clear()
    assert len(full_passes) == 1
    with pool.slot(repo.head()) as slot:
        assert len(full_passes) == 2
        assert slot.settle() == ()
        assert len(full_passes) == 2


def test_without_the_watch_every_pass_is_full(builder: RepoBuilder, tmp_path: Path, full_passes: list[Slot]) -> None:
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        for _ in range(3):
            slot.settle()

    assert len(full_passes) == 4


def test_a_slot_in_which_hard_links_were_possible_is_made_anew(builder: RepoBuilder, tmp_path: Path) -> None:
    repo, free = given_pool(builder, tmp_path / "cache")
    _, closed = given_pool(builder, tmp_path / "cache", watch=True)
    found = []
    for pool in (free, closed, closed, free, free, closed):
        with pool.slot(repo.head()) as slot:
            found.append((slot.path / "build").exists())
            (slot.path / "build").mkdir(exist_ok=True)
            (slot.path / "build/kept").touch()

    assert found == [False, False, True, True, True, False]


def test_after_a_settle_that_failed_what_was_touched_is_still_known(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("open('calc.py', 'w').write('x')", slot.path)
    with monkeypatch.context() as broken:
        broken.setattr(Slot, "_put_pointer", lambda slot: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            slot.settle()

    assert slot.settle() == ("calc.py",)


def test_it_tells_the_touched_files_until_they_are_seen_to(watch: Watch, builder: RepoBuilder) -> None:
    assert watch.touched() is None
    watch.renew()
    assert watch.touched() == frozenset()
    (builder.path / "calc.py").write_text("x")
    assert watch.touched() == frozenset({b"calc.py"})
    (builder.path / "pkg/text.py").read_text()
    assert watch.touched() == frozenset({b"calc.py", b"pkg/text.py"})
    watch.forget()

    assert watch.touched() == frozenset()


def test_names_that_are_not_tracked_are_the_business_of_the_scan(watch: Watch, builder: RepoBuilder) -> None:
    watch.renew()
    builder.write({"new.py": "x", "pkg/new/folder/file.py": "x", "pkg/text.pyc": "x"})
    (builder.path / "pkg").chmod(0o700)
    list((builder.path / "pkg").iterdir())

    assert watch.touched() == frozenset()


UNCERTAIN = [
    "os.rename('pkg', 'p')",
    "os.rename('pkg/deep', 'd'); os.rename('d', 'pkg/deep')",
    "shutil.rmtree('pkg/deep')",
    "os.rename('../repo', '../elsewhere')",
    "for path in os.listdir('many')[:301]: open('many/' + path).close()",
]


@pytest.mark.parametrize("deed", UNCERTAIN)
def test_it_says_when_it_is_not_certain(watch: Watch, builder: RepoBuilder, deed: str) -> None:
    watch.renew()
    run(deed, builder.path)

    assert watch.touched() is None
    assert watch.touched() is None


def test_a_write_through_what_was_open_before_is_told_when_it_is_closed(watch: Watch, builder: RepoBuilder) -> None:
    with (builder.path / "calc.py").open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        watch.renew()
        mapped[0:1] = b"X"
    assert watch.touched() == frozenset({b"calc.py"})


def test_a_folder_that_went_is_known_though_somebody_holds_it_open(watch: Watch, builder: RepoBuilder) -> None:
    watch.renew()
    held = os.open(builder.path / "pkg/deep/er", os.O_RDONLY)  # its own event comes only when it is closed
    (builder.path / FAR).unlink()
    (builder.path / "pkg/deep/er").rmdir()

    assert watch.touched() is None
    os.close(held)


def test_it_is_certain_of_many_files_up_to_a_limit(watch: Watch, builder: RepoBuilder) -> None:
    watch.renew()
    for path in list(MANY_FILES)[:MANY]:
        (builder.path / path).read_bytes()

    assert watch.touched() == frozenset(path.encode() for path in list(MANY_FILES)[:MANY])


def test_events_that_the_kernel_dropped_are_not_taken_for_none(slot: Slot, full_passes: list[Slot]) -> None:
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    names = slot.path / "pkg/a", slot.path / "pkg/b"
    names[0].write_text("")
    for _ in range(most // 2 + 100):  # none of these names is tracked
        names[0].rename(names[1])
        names[1].rename(names[0])
    run("open('calc.py', 'w').write('x')", slot.path)

    assert slot.settle() == ("calc.py",)
    assert len(full_passes) == 1
    run("open('calc.py', 'w').write('x')", slot.path)
    assert slot.settle() == ("calc.py",)
    assert len(full_passes) == 1


def test_it_leaves_most_watches_to_others(
    watch: Watch, tmp_path: Path, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = len(repo.listing(repo.head()).folders)
    monkeypatch.setattr(watch_module, "MAX_WATCHES", tmp_path / "limit")
    (tmp_path / "limit").write_text(f"{4 * folders - 1}\n")
    watch.renew()
    assert watch.touched() is None
    (tmp_path / "limit").write_text(f"{4 * folders}\n")
    watch.renew()

    assert watch.touched() == frozenset()


def refuse() -> int:
    raise OSError(errno.EMFILE, "too many")


BROKEN = [
    ("_new_queue", refuse),  # too many instances, or no inotify
    ("_libc", lambda: None),
    ("MAX_WATCHES", Path("/nowhere")),
    ("ONLY_FOLDERS", 0x30000000),  # flags that exclude each other: every folder is refused
]


@pytest.mark.parametrize(("name", "broken"), BROKEN)
def test_where_watching_is_refused_it_is_never_certain(
    watch: Watch, builder: RepoBuilder, monkeypatch: pytest.MonkeyPatch, name: str, broken: object
) -> None:
    before = open_descriptors()
    monkeypatch.setattr(watch_module, name, broken)
    watch.renew()

    assert watch.touched() is None
    assert open_descriptors() == before


def test_where_the_user_has_no_watches_left_every_pass_is_full(
    builder: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_passes: list[Slot]
) -> None:
    monkeypatch.setattr(watch_module, "_new_queue", refuse)
    repo, pool = given_pool(builder, tmp_path / "cache", watch=True)
    with pool.slot(repo.head()) as slot:
        for _ in range(3):
            run("open('calc.py', 'w').write('x')", slot.path)

            assert slot.settle() == ("calc.py",)
        assert len(full_passes) == 3


def test_a_missing_folder_is_not_watched_around(watch: Watch, builder: RepoBuilder) -> None:
    shutil.rmtree(builder.path / "pkg/deep")
    watch.renew()
    assert watch.touched() is None
    (builder.path / "pkg/deep").symlink_to("..")
    watch.renew()

    assert watch.touched() is None


def test_where_names_fold_their_case_it_is_not_certain(watch: Watch, builder: RepoBuilder) -> None:
    (builder.path / ".GIT").mkdir()  # found there under this name too
    watch.renew()

    assert watch.touched() is None


def test_descriptors_do_not_pile_up(builder: RepoBuilder, tmp_path: Path) -> None:
    repo, pool = given_pool(builder, tmp_path / "cache", watch=True)
    before = open_descriptors()
    for _ in range(3):
        with pool.slot(repo.head()) as slot:
            slot.settle()
            run("os.rename('pkg', 'p')", slot.path)
            slot.settle()

    assert open_descriptors() == before
