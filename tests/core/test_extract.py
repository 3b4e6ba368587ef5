from __future__ import annotations

from made import change, patch

from gitbuddy.core.extract import texts
from gitbuddy.values import SourceFile

FILES = {"a.py": SourceFile("a.py", b"old\n"), "b.py": SourceFile("b.py", b"\xff\n")}


def test_files_are_read_with_the_patch_in_them() -> None:
    read = texts(FILES.get, patch(change("a.py", "old\n", "new\n"), change("c.py", "x", None)))

    assert [read(name) for name in ("a.py", "b.py", "c.py", "d.py")] == ["new\n", "\ufffd\n", None, None]
    assert texts(FILES.get)("a.py") == "old\n"


def test_a_path_that_no_file_can_have_is_not_looked_up() -> None:
    def lookup(path: str) -> SourceFile | None:
        raise AssertionError(path)

    read = texts(lookup)

    assert [read(name) for name in ("../x", "/etc/passwd", ".git/config", "")] == [None] * 4
