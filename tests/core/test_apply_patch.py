"""Patches between `*** Begin Patch` and `*** End Patch`."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected
from gitbuddy.values import Edit, Replace, WriteFile

UPDATE = "*** Update File: src/a.py\n"
HUNK = "@@\n one\n-old\n+new\n"
EDIT = Replace("src/a.py", "one\nold\n", "one\nnew\n")


def patch(body: str) -> str:
    return f"*** Begin Patch\n{body}*** End Patch\n"


READ: list[tuple[str, tuple[Edit, ...]]] = [
    (patch(UPDATE + HUNK), (EDIT,)),
    (f"Here:\n```bash\napply_patch <<'EOF'\n{patch(UPDATE + HUNK)}EOF\n```\nDone.", (EDIT,)),
    (patch(UPDATE + HUNK + HUNK.replace("one", "two")), (EDIT, Replace("src/a.py", "two\nold\n", "two\nnew\n"))),
    (patch(UPDATE + HUNK.removeprefix("@@\n")), (EDIT,)),
    (patch(UPDATE + HUNK + "*** End of File\n"), (EDIT,)),
    (patch(UPDATE + HUNK) + patch("*** Add File: n.py\n+x\n+\n+y\n"), (EDIT, Replace("n.py", "", "x\n\ny\n"))),
    (
        f"t.py\n```python\nP = '''\n{patch(UPDATE + HUNK)}'''\n```\n",
        (WriteFile("t.py", f"P = '''\n{patch(UPDATE + HUNK)}'''\n"),),
    ),
]
REFUSED = [
    patch(""),
    patch("src/a.py\n" + HUNK),
    patch("Some words.\n" + UPDATE + HUNK),
    patch(UPDATE),
    patch(UPDATE + "@@\n one\n"),
    patch(UPDATE + "@@\n+new\n"),
    patch(UPDATE + "@@\nold\n+new\n"),
    patch("*** Add File: n.py\nx\n"),
    patch("*** Add File: n.py\n x\n"),
    patch(UPDATE + "*** Move to: src/b.py\n" + HUNK),
    patch(UPDATE + HUNK).removesuffix("*** End Patch\n"),
]


@pytest.mark.parametrize(("reply", "edits"), READ)
def test_a_patch_is_read(reply: str, edits: tuple[Edit, ...]) -> None:
    assert parse(reply, ()) == edits


def test_a_move_is_refused_in_its_own_words() -> None:
    with pytest.raises(Rejected, match="not their names"):
        parse(patch(UPDATE + "*** Move to: src/b.py\n" + HUNK), ())


@pytest.mark.parametrize("reply", REFUSED)
def test_a_patch_that_is_cut_or_unclear_is_refused(reply: str) -> None:
    with pytest.raises(Rejected, match="malformed-block"):
        parse(reply, ("src/a.py",))
