"""Unified diffs as small models write them."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected
from gitbuddy.values import DeleteFile, Edit, Replace

FILE = ("src/a.py",)
DIFF = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1,3 +1,3 @@\n one\n-old\n+new\n two\n"
DIFFED = Replace("src/a.py", "one\nold\ntwo\n", "one\nnew\ntwo\n", line=1)

HUNK = DIFF[DIFF.index("@@") :]
READ = [
    pytest.param("```diff\n- old\n+ new\n```", FILE, (Replace("src/a.py", " old\n", " new\n"),), id="no hunk line"),
    pytest.param(
        "```diff\n+++ b/src/b.py\n- old\n+ new\n```",
        FILE,
        (Replace("src/b.py", " old\n", " new\n"),),
        id="one header, no hunk line",
    ),
    pytest.param(
        f"```diff\n{DIFF.replace('+1,3', '+1,2').replace('-1,3', '-1,2')}",
        (),
        (DIFFED,),
        id="longer than its counts, fence open",
    ),
    pytest.param(
        f"```diff\n{DIFF.replace('-1,3', '-1,99999999999999999999')}```",
        (),
        (Replace("src/a.py", DIFFED.search, DIFFED.replace),),
        id="a number beyond all files",
    ),
    pytest.param(
        "--- a/x.py\n+++ a/x.py\n" + HUNK,
        (),
        (Replace("a/x.py", DIFFED.search, DIFFED.replace, 1),),
        id="a folder named a",
    ),
    pytest.param(
        "--- b/x.py\n+++ b/x.py\n" + HUNK,
        (),
        (Replace("b/x.py", DIFFED.search, DIFFED.replace, 1),),
        id="a folder named b",
    ),
    pytest.param(
        "diff --git a/x.py b/x.py\n" + HUNK,
        (),
        (Replace("x.py", DIFFED.search, DIFFED.replace, 1),),
        id="git's first line only",
    ),
    pytest.param(
        "diff --git a/o.py b/o.py\ndeleted file mode 100644\ndiff --git a/n.py b/n.py\nnew file mode 100644\n",
        (),
        (DeleteFile("o.py"), Replace("n.py", "", "")),
        id="empty files come and go",
    ),
    pytest.param(
        "--- a/o.py\n+++ /dev/null\n--- a/p.py\n+++ /dev/null\n",
        (),
        (DeleteFile("o.py"), DeleteFile("p.py")),
        id="removals without hunks",
    ),
    pytest.param(
        "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-old\n+new\n\nThat is all.\n",
        (),
        (Replace("x.py", "old\n", "new\n", 1),),
        id="counts of one, prose below",
    ),
    pytest.param(f"```diff\n{DIFF}```\n", (), (DIFFED,), id="fenced"),
    pytest.param(f"Here:\n```\n{DIFF}```\n", (), (DIFFED,), id="fenced without a name"),
    pytest.param(f"Here is it.\n\n{DIFF}\nThis mends it.\n", (), (DIFFED,), id="not fenced, prose around"),
    pytest.param(
        f"```diff\ndiff --git a/src/a.py b/src/a.py\nindex 1..2 100644\n{DIFF}```", (), (DIFFED,), id="git's header"
    ),
    pytest.param(
        f"```diff\n{DIFF}```".replace("a/src", "src").replace("b/src", "src"), (), (DIFFED,), id="no prefixes"
    ),
    pytest.param(f"```diff\n{DIFF}```".replace("a.py\n", "a.py\t2024-01-01 00:00\n"), (), (DIFFED,), id="a time stamp"),
    pytest.param(f"```diff\n{DIFF}```".replace("-1,3 +1,3", "-1,9 +1,1"), (), (DIFFED,), id="wrong counts"),
    pytest.param(
        f"```diff\n{DIFF}```".replace("@@ -1,3 +1,3 @@", "@@"),
        (),
        (Replace("src/a.py", DIFFED.search, DIFFED.replace),),
        id="bare @@",
    ),
    pytest.param(
        f"```diff\n{DIFF}```".replace("-1,3 +1,3", "..."),
        (),
        (Replace("src/a.py", DIFFED.search, DIFFED.replace),),
        id="@@ ... @@",
    ),
    pytest.param("src/a.py\n```diff\n" + DIFF[DIFF.index("@@") :] + "```", (), (DIFFED,), id="hunks only, path above"),
    pytest.param(
        "```diff\n" + DIFF[DIFF.index("@@") :] + "```", FILE, (DIFFED,), id="hunks only, one file in the task"
    ),
    pytest.param(
        "```diff\n--- a/a.py\n+++ b/a.py\n@@ -7,3 +7,3 @@\n one\n\n-old\n+new\n```",
        (),
        (Replace("a.py", "one\n\nold\n", "one\n\nnew\n", 7),),
        id="a blank context line without its space",
    ),
    pytest.param(
        "```diff\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old\n\\ No newline at end of file\n+new\n```",
        (),
        (Replace("a.py", "old\n", "new\n", 1),),
        id="no newline at the end",
    ),
    pytest.param(
        f"```diff\n{DIFF}@@ -20,1 +20,2 @@\n end\n+more\n{DIFF.replace('src/a.py', 'b.py')}```",
        (),
        (DIFFED, Replace("src/a.py", "end\n", "end\nmore\n", 20), Replace("b.py", DIFFED.search, DIFFED.replace, 1)),
        id="two hunks and two files",
    ),
    pytest.param(
        "```diff\n--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,2 @@\n x\n--- old\n+++ new\n y\n```",
        (),
        (Replace("q.sql", "x\n-- old\ny\n", "x\n++ new\ny\n", 1),),
        id="removed lines that look like a header",
    ),
    pytest.param(
        "```diff\n--- /dev/null\n+++ b/n.py\n@@ -0,0 +1,2 @@\n+x\n+y\n```",
        (),
        (Replace("n.py", "", "x\ny\n"),),
        id="a new file",
    ),
    pytest.param(
        "```diff\ndiff --git a/n.py b/n.py\nnew file mode 100644\n```",
        (),
        (Replace("n.py", "", ""),),
        id="an empty new file",
    ),
    pytest.param(
        "```diff\n--- a/o.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n```", (), (DeleteFile("o.py"),), id="a removed file"
    ),
]
REFUSED = [
    pytest.param("--- not a diff\nat all\n", (), "no-edit", id="a dashed line"),
    pytest.param("--- x.py\n+++ b/x.py\n" + HUNK, (), "ambiguous-path", id="one prefix only"),
    pytest.param("--- a/x.py\n+++ x.py\n" + HUNK, (), "ambiguous-path", id="the other prefix only"),
    pytest.param("--- /dev/null\n+++ b/n.py\n" + HUNK, (), "malformed-block", id="a new file with context"),
    pytest.param(
        "--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x\n@@ -0,0 +2 @@\n+y\n",
        (),
        "malformed-block",
        id="a new file twice",
    ),
    pytest.param("--- a/x.py\n+++ b/x.py\n@@\n-old\n+new\nDone.\n", (), "malformed-block", id="prose below bare @@"),
    pytest.param(
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n" + HUNK,
        (),
        "malformed-block",
        id="a new mode beside a change",
    ),
    pytest.param("```diff\n" + DIFF[DIFF.index("@@") :] + "```", (), "no-path", id="hunks only, no file in the task"),
    pytest.param(
        "```diff\n--- a/a.py\n+++ b/a.py\n@@ -1,1 +1,1 @@\n x\n```", (), "malformed-block", id="a hunk without a change"
    ),
    pytest.param("```diff\n--- a/a.py\n+++ b/a.py\n@@ -5,0 +6,1 @@\n+x\n```", (), "malformed-block", id="no context"),
    pytest.param(
        f"```diff\n{DIFF}```".replace(" two", "two"), (), "malformed-block", id="a context line without its space"
    ),
    pytest.param(
        f"{DIFF}".replace(" two\n", "") + "And so on.\n", (), "malformed-block", id="prose inside a short hunk"
    ),
    pytest.param(f"{DIFF}\nWhy:\n- it is better\n", (), "malformed-block", id="a list after the diff"),
    pytest.param("```diff\n+ new\n```", FILE, "malformed-block", id="only additions, no hunk"),
    pytest.param(
        f"```diff\n{DIFF.replace('3 @@', '4 @@')}", (), "malformed-block", id="short by its counts, fence open"
    ),
    pytest.param(DIFF.replace("-1,3", "-1,4"), (), "malformed-block", id="short by its counts, no fence"),
    pytest.param(
        "```diff\ndiff --git a/a.py b/b.py\nrename from a.py\nrename to b.py\n```", (), "malformed-block", id="a rename"
    ),
    pytest.param(f"```diff\n{DIFF}```".replace("b/src/a.py", "b/src/b.py"), (), "ambiguous-path", id="two names"),
    pytest.param(
        "```diff\ndiff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n```",
        (),
        "malformed-block",
        id="a link",
    ),
    pytest.param(
        "```diff\ndiff --git a/l b/l\nold mode 100644\nnew mode 100755\n```", (), "malformed-block", id="a new mode"
    ),
    pytest.param(
        f"```diff\n{DIFF}```".replace("+new", "+new\n+# ... rest of the code ..."),
        (),
        "elided-code",
        id="code left out",
    ),
    pytest.param(
        '```diff\n--- "a/\\303.py"\n+++ "b/\\303.py"\n@@ -1 +1 @@\n-x\n+y\n```',
        (),
        "malformed-block",
        id="a quoted path",
    ),
    pytest.param(
        "```diff\n--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-x\n+y\n```", FILE, "no-path", id="nothing on both sides"
    ),
]


@pytest.mark.parametrize(("reply", "files", "edits"), READ)
def test_a_reply_is_read(reply: str, files: tuple[str, ...], edits: tuple[Edit, ...]) -> None:
    assert parse(reply, files) == edits


@pytest.mark.parametrize(("reply", "files", "code"), REFUSED)
def test_a_reply_is_refused(reply: str, files: tuple[str, ...], code: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse(reply, files)

    assert (caught.value.refused.stage, caught.value.refused.reason) == ("reply", code)
    assert len(caught.value.refused.words) > 20
