from __future__ import annotations

import pytest

from gitbuddy.core.packing import Packed, pack
from gitbuddy.core.unseen import refuse_unseen
from gitbuddy.errors import Rejected
from gitbuddy.values import Context, DeleteFile, Edit, Excerpt, Replace, SourceFile, WriteFile

OWN, SMALL, LARGE = SourceFile("own.py", b"o" * 10), SourceFile("small.py", b"s" * 5), SourceFile("large.py", b"l" * 50)
NEAR, FAR = Excerpt("near.py", 1, "n" * 4, "definition"), Excerpt("far.py", 9, "f" * 6, "similar")
CONTEXT = Context((OWN,), (LARGE, SMALL), (FAR, NEAR))


def cost(item: SourceFile | Excerpt) -> int:
    return len(item.data) if isinstance(item, SourceFile) else len(item.text)


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (1000, Packed((OWN, LARGE, SMALL), (FAR, NEAR))),
        (75, Packed((OWN, LARGE, SMALL), (FAR, NEAR))),
        (74, Packed((OWN, LARGE, SMALL), (FAR,))),
        (59, Packed((OWN, SMALL), (FAR, NEAR))),
        (19, Packed((OWN, SMALL), (NEAR,))),
        (14, Packed((OWN,), (NEAR,))),
        (10, Packed((OWN,))),
    ],
)
def test_the_best_of_the_context_is_shown_as_far_as_there_is_room(room: int, expected: Packed) -> None:
    assert pack(CONTEXT, room, cost) == expected


@pytest.mark.parametrize(("room", "left"), [(9, 9), (-400, 0)])
def test_the_tasks_own_files_are_never_cut(room: int, left: int) -> None:
    with pytest.raises(Rejected) as caught:
        pack(CONTEXT, room, cost)

    assert (caught.value.refused.stage, caught.value.refused.reason) == ("reply", "overflow")
    assert f"take 10 tokens, and the window leaves {left}" in caught.value.refused.words


@pytest.mark.parametrize(
    "edit",
    [WriteFile("own.py", "x"), WriteFile("new.py", "x"), Replace("far.py", "a", "b"), DeleteFile("far.py")],
)
def test_what_was_seen_or_is_new_may_be_written(edit: Edit) -> None:
    refuse_unseen([edit], {"own.py"}, {"own.py", "far.py"})


def test_a_whole_file_that_was_not_shown_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        refuse_unseen([WriteFile("far.py", "x")], {"own.py"}, {"own.py", "far.py"})

    assert caught.value.refused.reason == "unseen-file"
    assert caught.value.refused.words.endswith("far.py; change only files that are shown")
