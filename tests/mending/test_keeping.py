"""What of a mending is kept: pure, with a linter made of a rule."""

from __future__ import annotations

from collections.abc import Mapping

from gitbuddy.mending.findings import Finding, Findings
from gitbuddy.mending.keeping import Kept, keep
from gitbuddy.values import Change

BASE = {"a.txt": b"bad 1\ngood 2\nbad 3\ngood 4\n", "b.txt": b"bad\n", "c.py": b"bad = 1\n"}


def complaints(texts: Mapping[str, bytes]) -> Findings:
    """Every line with the word bad is complained of, and every line with worse by another rule."""
    found: dict[str, tuple[Finding, ...]] = {}
    for path, base in BASE.items():
        lines = texts.get(path, base).decode().splitlines()
        own = [
            Finding("rule", path, number, 1, word, f"says {word}")
            for number, line in enumerate(lines, start=1)
            for word in ("bad", "worse")
            if word in line
        ]
        if own:
            found[path] = tuple(own)
    return Findings(found)


def kept(**wanted: bytes) -> Kept:
    changes = {name.replace("_", "."): text for name, text in wanted.items()}
    given = {path: Change(path, BASE[path], text, 0o100644) for path, text in changes.items()}
    return keep(complaints({}), {}, given, complaints)


def test_fewer_complaints_are_kept() -> None:
    result = kept(a_txt=b"good 1\ngood 2\nbad 3\ngood 4\n", b_txt=b"good\n")

    assert result.texts == {"a.txt": b"good 1\ngood 2\nbad 3\ngood 4\n", "b.txt": b"good\n"}
    assert len(result.left.all) == 2
    assert result.undone == ()


def test_as_many_complaints_are_no_mending() -> None:
    result = kept(b_txt=b"bad, said otherwise\n")

    assert result.texts == {}
    assert [(it.path, it.why) for it in result.undone] == [("b.txt", "as many complaints as before")]


def test_the_lines_that_bring_a_new_complaint_are_taken_back_and_the_others_stay() -> None:
    result = kept(a_txt=b"good 1\ngood 2\nworse 3\ngood 4\n")

    assert result.texts == {"a.txt": b"good 1\ngood 2\nbad 3\ngood 4\n"}
    assert [it.path for it in result.undone] == ["a.txt"]
    assert "worse" in result.undone[0].why


def test_a_file_that_is_only_worse_is_undone_for_itself_alone() -> None:
    result = kept(a_txt=b"good 1\ngood 2\ngood 3\ngood 4\n", b_txt=b"worse\n")

    assert result.texts == {"a.txt": b"good 1\ngood 2\ngood 3\ngood 4\n"}
    assert [it.path for it in result.undone] == ["b.txt"]


def test_what_cannot_be_read_any_more_is_undone() -> None:
    result = kept(c_py=b"good = (\n")

    assert result.texts == {}
    assert "cannot be read" in result.undone[0].why


def test_silencing_is_undone() -> None:
    result = kept(c_py=b"good = 1  # noqa\n")

    assert result.texts == {}
    assert "silencing" in result.undone[0].why


def look_with(extra: Findings) -> Kept:
    def look(texts: Mapping[str, bytes]) -> Findings:
        return Findings(complaints(texts).by_file, extra.others, extra.silent)

    return keep(complaints({}), {}, {"b.txt": Change("b.txt", BASE["b.txt"], b"good\n", 0o100644)}, look)


def test_a_complaint_about_another_file_undoes_all() -> None:
    result = look_with(Findings({}, (Finding("rule", "z.txt", 1, 1, "bad", "says bad"),)))

    assert result.texts == {}
    assert "elsewhere" in result.undone[0].why


def test_a_tool_that_falls_silent_shows_nothing() -> None:
    result = look_with(Findings({}, silent=frozenset({"rule"})))

    assert result.texts == {}
    assert "no longer says" in result.undone[0].why


def test_complaints_that_only_moved_are_not_new() -> None:
    result = kept(a_txt=b"good 1\ngood 2\ngood 3\ngood 4\nbad 5\n")

    assert set(result.texts) == {"a.txt"}
