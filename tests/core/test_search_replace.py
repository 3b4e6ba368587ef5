"""Search/replace blocks as small models write them."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected
from gitbuddy.values import Edit, Replace

FILE = ("src/a.py",)
BLOCK = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"
OLD_TO_NEW = Replace("src/a.py", "old\n", "new\n")

READ = [
    pytest.param(
        f"Makefile\n\n```\n{BLOCK}```", (), (Replace("Makefile", "old\n", "new\n"),), id="a name without suffix"
    ),
    pytest.param(
        f"src/a.py\n{BLOCK}Again in `src/a.py`:\n{BLOCK}",
        (),
        (OLD_TO_NEW,),
        id="the same answer again",
    ),
    pytest.param(f"src/a.py\n{BLOCK}\n{BLOCK}", (), (OLD_TO_NEW, OLD_TO_NEW), id="the same block twice, side by side"),
    pytest.param(
        f"src/a.py\n```\n{BLOCK}```\nNow call it like this:\n```python\nnew()\n```\n",
        (),
        (OLD_TO_NEW,),
        id="a nameless example beside the blocks",
    ),
    pytest.param(
        "R.md\n<<<<<<< SEARCH\n```sh\nmake\n```\n=======\nmake\n>>>>>>> REPLACE",
        (),
        (Replace("R.md", "```sh\nmake\n```\n", "make\n"),),
        id="one part only in a fence",
    ),
    pytest.param(
        "R.md\n<<<<<<< SEARCH\n```\na\n```\nb\n```\nc\n```\n=======\n```\na\n```\n>>>>>>> REPLACE",
        (),
        (Replace("R.md", "```\na\n```\nb\n```\nc\n```\n", "```\na\n```\n"),),
        id="several fences in a part",
    ),
    pytest.param(f"src/a.py\n{BLOCK}", (), (OLD_TO_NEW,), id="path, then block"),
    pytest.param(f"src/a.py\n```python\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path above the fence"),
    pytest.param(f"```python\nsrc/a.py\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path inside the fence"),
    pytest.param(f"```python\n# src/a.py\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path as a comment inside the fence"),
    pytest.param(f"```python src/a.py\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path in the info string"),
    pytest.param(f"`src/a.py`\n\n```\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path in backticks"),
    pytest.param(f"**File: src/a.py**\n```\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path in bold with a label"),
    pytest.param(f"### src/a.py\n```\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path as a heading"),
    pytest.param(BLOCK.replace("SEARCH", "SEARCH src/a.py"), (), (OLD_TO_NEW,), id="path after the marker"),
    pytest.param(f"Let's fix `src/a.py`:\n```\n{BLOCK}```\n", (), (OLD_TO_NEW,), id="path only in a sentence"),
    pytest.param(
        f"Sure! The bug is simple.\n\nsrc/a.py\n```\n{BLOCK}```\nHope it helps.", (), (OLD_TO_NEW,), id="prose around"
    ),
    pytest.param(f"```\n{BLOCK}```\n", FILE, (OLD_TO_NEW,), id="no path, one file in the task"),
    pytest.param(
        f"src/a.py\n{BLOCK}".replace("<<<<<<<", "<<<<<").replace("=======", "====="),
        (),
        (OLD_TO_NEW,),
        id="five marker characters",
    ),
    pytest.param(
        f"src/a.py\n{BLOCK}".replace("<<<<<<<", "<" * 9).replace(">>>>>>>", ">" * 9),
        (),
        (OLD_TO_NEW,),
        id="nine marker characters",
    ),
    pytest.param(
        f"a.py\n{BLOCK}".replace("SEARCH", "ORIGINAL").replace("REPLACE", "UPDATED"),
        (),
        (Replace("a.py", "old\n", "new\n"),),
        id="the older marker words",
    ),
    pytest.param(f"src/a.py\n```\n{BLOCK}```\n".replace("\n", "\r\n"), (), (OLD_TO_NEW,), id="CRLF"),
    pytest.param(f"src/a.py\n```python\n{BLOCK}", (), (OLD_TO_NEW,), id="no closing fence"),
    pytest.param(f"src/a.py\n```python\n{BLOCK.rstrip()}```", (), (OLD_TO_NEW,), id="closing fence on the marker line"),
    pytest.param(f"src/a.py\n{BLOCK.rstrip()}<|im_end|>", (), (OLD_TO_NEW,), id="stop token at the end"),
    pytest.param(f"<think>\nsrc/b.py\n{BLOCK}</think>\nsrc/a.py\n{BLOCK}", (), (OLD_TO_NEW,), id="thinking first"),
    pytest.param(
        f"src/b.py\n{BLOCK}\n</think>\n\nsrc/a.py\n{BLOCK}", (), (OLD_TO_NEW,), id="thinking opened by the template"
    ),
    pytest.param("1. `src/a.py`\n\n   " + BLOCK.replace("\n", "\n   "), (), (OLD_TO_NEW,), id="indented in a list"),
    pytest.param(
        f"src/a.py\n```\n{BLOCK}\n{BLOCK.replace('old', 'foo')}```\n",
        (),
        (OLD_TO_NEW, Replace("src/a.py", "foo\n", "new\n")),
        id="several blocks in one fence",
    ),
    pytest.param(
        f"src/a.py\n{BLOCK}\nAnd then:\n\n{BLOCK.replace('old', 'foo')}",
        (),
        (OLD_TO_NEW, Replace("src/a.py", "foo\n", "new\n")),
        id="a later block without a path is of the same file",
    ),
    pytest.param(
        f"a.py\n{BLOCK}\nb.py\n{BLOCK}",
        (),
        (Replace("a.py", "old\n", "new\n"), Replace("b.py", "old\n", "new\n")),
        id="two files",
    ),
    pytest.param(
        "n.py\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE",
        (),
        (Replace("n.py", "", "x = 1\n"),),
        id="an empty SEARCH is a new file",
    ),
    pytest.param(
        "n.py\n<<<<<<< SEARCH\n\n=======\nx\n>>>>>>> REPLACE",
        (),
        (Replace("n.py", "", "x\n"),),
        id="a blank SEARCH is empty",
    ),
    pytest.param(
        "a.py\n<<<<<<< SEARCH\nold\n=======\n>>>>>>> REPLACE",
        (),
        (Replace("a.py", "old\n", ""),),
        id="an empty REPLACE removes",
    ),
    pytest.param(
        "a.py\n<<<<<<< SEARCH\n```python\nold\n```\n=======\n```python\nnew\n```\n>>>>>>> REPLACE",
        (),
        (Replace("a.py", "old\n", "new\n"),),
        id="each part in a fence of its own",
    ),
    pytest.param(
        "R.md\n<<<<<<< SEARCH\n```sh\nmake\n```\ndone\n=======\n```sh\nninja\n```\ndone\n>>>>>>> REPLACE",
        (),
        (Replace("R.md", "```sh\nmake\n```\ndone\n", "```sh\nninja\n```\ndone\n"),),
        id="fences in the text stay",
    ),
    pytest.param(
        "d.rst\n<<<<<<< SEARCH\nTitle\n=====\n=======\nOther\n=====\n>>>>>>> REPLACE",
        (),
        (Replace("d.rst", "Title\n=====\n", "Other\n=====\n"),),
        id="a heading's underline is no divider",
    ),
    pytest.param(
        "t.py\n<<<<<<< SEARCH\nx = '''\n    <<<<<<< SEARCH\n'''\n=======\ny\n>>>>>>> REPLACE",
        (),
        (Replace("t.py", "x = '''\n    <<<<<<< SEARCH\n'''\n", "y\n"),),
        id="markers further in are text",
    ),
    pytest.param(
        "a.py\n<<<<<<< SEARCH\n# ...\nold\n=======\n# ...\nnew\n>>>>>>> REPLACE",
        (),
        (Replace("a.py", "# ...\nold\n", "# ...\nnew\n"),),
        id="a comment that was there may stay",
    ),
    pytest.param(
        f"src/a.py\n```\n{BLOCK}```\n\nThen run:\n```sh\npytest\n```\n",
        (),
        (OLD_TO_NEW,),
        id="a command beside the blocks",
    ),
    pytest.param(
        f"../x.py\n{BLOCK}",
        (),
        (Replace("../x.py", "old\n", "new\n"),),
        id="a path that leaves the tree is left to the guard",
    ),
]
HALF = "```\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n"
REFUSED = [
    pytest.param(f"README.md\n{HALF}", (), "malformed-block", id="no end marker, a text that may hold fences"),
    pytest.param(HALF, FILE, "malformed-block", id="no end marker, no path"),
    pytest.param(BLOCK, ("a.py", "b.py"), "no-path", id="no path, two files in the task"),
    pytest.param(BLOCK, ("src/*.py",), "no-path", id="no path, a glob in the task"),
    pytest.param(f"I use `src/a.py` and `src/b.py`.\n{BLOCK}", FILE, "ambiguous-path", id="two paths in the prose"),
    pytest.param(f"<think>\nsrc/a.py\n{BLOCK}", FILE, "no-edit", id="thinking that never ends"),
    pytest.param(
        f"src/a.py\n{BLOCK}Now src/b.py too.\n{BLOCK}",
        (),
        "ambiguous-path",
        id="a later block after a mention of another file",
    ),
    pytest.param(
        "d.rst\n<<<<<<< SEARCH\nTitles1\n=======\n=======\nx\n>>>>>>> REPLACE",
        (),
        "malformed-block",
        id="two dividers of one width",
    ),
    pytest.param("src/a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n```\n", FILE, "malformed-block", id="no end marker"),
    pytest.param("src/a.py\n<<<<<<< SEARCH\nold\n>>>>>>> REPLACE\n", FILE, "malformed-block", id="no divider"),
    pytest.param(f"src/a.py\n<<<<<<< SEARCH\nold\n{BLOCK}", FILE, "malformed-block", id="begins twice"),
    pytest.param(
        f"a.py\n{BLOCK}".replace("new", "new\n    # ... rest of the code ..."), (), "elided-code", id="code left out"
    ),
    pytest.param(
        f"a.py\n```\n{BLOCK}```\n\nb.py\n```python\nx = 1\n```\n",
        (),
        "mixed-formats",
        id="a whole file beside the blocks",
    ),
    pytest.param(
        f"t.py\n```python\nimport x\nTEXT = '''\n{BLOCK}'''\n```\n",
        (),
        "malformed-block",
        id="blocks inside a whole file",
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
