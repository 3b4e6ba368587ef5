"""Whole files as small models write them, with and without a path."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected
from gitbuddy.values import Edit, WriteFile

FILE = ("src/a.py",)

READ = [
    pytest.param(
        "README.md\n```markdown\n# T\n```sh\nmake\n```\nend\n```\n",
        (),
        (WriteFile("README.md", "# T\n```sh\nmake\n```\nend\n"),),
        id="a fence that says what it holds inside a Markdown fence",
    ),
    pytest.param("l.md\n```md\n- a\n+ b\n```", (), (WriteFile("l.md", "- a\n+ b\n"),), id="lists are no diff"),
    pytest.param("a.py\n```\nx\n````", (), (WriteFile("a.py", "x\n"),), id="a longer closing fence"),
    pytest.param("a.md\n```\n~~~\n```", (), (WriteFile("a.md", "~~~\n"),), id="the other sort of fence inside"),
    pytest.param(
        "a.md\n```md\n- x\n   ```\n   y\n   ```\n```",
        (),
        (WriteFile("a.md", "- x\n   ```\n   y\n   ```\n"),),
        id="an indented fence inside",
    ),
    pytest.param(
        "- `a.py`\n  ```\n  x\n y\n  ```", (), (WriteFile("a.py", "x\ny\n"),), id="a line less indented than its fence"
    ),
    pytest.param("```x``` is code\n\na.py\n```\nx\n```", (), (WriteFile("a.py", "x\n"),), id="an inline span of three"),
    pytest.param(
        "a.html\n```\n<think>\n</think>\nx\n```",
        (),
        (WriteFile("a.html", "<think>\n</think>\nx\n"),),
        id="think tags in the file",
    ),
    pytest.param("a.py\n```python\nx = 1\n```\n", (), (WriteFile("a.py", "x = 1\n"),), id="path above"),
    pytest.param(
        "a.py\n\n```python\nx = 1\n```\n", (), (WriteFile("a.py", "x = 1\n"),), id="path above with a blank line"
    ),
    pytest.param(
        "```python:src/a.py\nx = 1\n```", (), (WriteFile("src/a.py", "x = 1\n"),), id="path in the info string"
    ),
    pytest.param(
        "```python\n# src/a.py\nx = 1\n```",
        (),
        (WriteFile("src/a.py", "# src/a.py\nx = 1\n"),),
        id="path in the first comment",
    ),
    pytest.param(
        "a.py\n```\n# a.py\nx\n```", (), (WriteFile("a.py", "# a.py\nx\n"),), id="a first comment below a path is text"
    ),
    pytest.param(
        "Here you go.\n\nFile src/a.py:\n```\nx\n```\nDone!", (), (WriteFile("src/a.py", "x\n"),), id="label and prose"
    ),
    pytest.param(
        "a.py\n```\n<data-0123456789ab>\nx\n</data-0123456789ab>\n```",
        (),
        (WriteFile("a.py", "x\n"),),
        id="marks of the prompt",
    ),
    pytest.param(
        "a.py\n```\nx\n```\nb.py\n```\ny\n```",
        (),
        (WriteFile("a.py", "x\n"), WriteFile("b.py", "y\n")),
        id="several files",
    ),
    pytest.param("a.py\n~~~python\nx\n~~~", (), (WriteFile("a.py", "x\n"),), id="tildes"),
    pytest.param(
        "1. `a.py`\n   ```python\n   def f():\n       pass\n   ```",
        (),
        (WriteFile("a.py", "def f():\n    pass\n"),),
        id="in a list",
    ),
    pytest.param("a.py\r\n```\r\nx\r\n```\r\n", (), (WriteFile("a.py", "x\n"),), id="CRLF"),
    pytest.param("pkg/__init__.py\n```python\n```", (), (WriteFile("pkg/__init__.py", ""),), id="an empty file"),
    pytest.param(
        "a.py\n```\nx\n```\nRun it:\n```bash\npython a.py\n```",
        (),
        (WriteFile("a.py", "x\n"),),
        id="a command after it",
    ),
    pytest.param(
        "a.pyi\n```\ndef f():\n    ...\n```", (), (WriteFile("a.pyi", "def f():\n    ...\n"),), id="a Python ellipsis"
    ),
    pytest.param(
        "README.md\n````markdown\n# T\n```sh\nmake\n```\nend\n````\n",
        (),
        (WriteFile("README.md", "# T\n```sh\nmake\n```\nend\n"),),
        id="a longer fence around fences",
    ),
    pytest.param("a.py\n```\nx\n```\na.py\n```\nx\n```", (), (WriteFile("a.py", "x\n"),), id="one file twice, equal"),
    pytest.param(
        "```python\nimport os\nx = 1\n```",
        FILE,
        (WriteFile("src/a.py", "import os\nx = 1\n", doubtful=True),),
        id="looks whole, one file",
    ),
    pytest.param(
        "The complete file:\n```python\nx = 1\n```",
        FILE,
        (WriteFile("src/a.py", "x = 1\n", doubtful=True),),
        id="said to be whole",
    ),
    pytest.param(
        "The full code of `src/a.py`:\n```\nx\n```",
        (),
        (WriteFile("src/a.py", "x\n", doubtful=True),),
        id="path in the sentence above",
    ),
    pytest.param(
        "```python\nimport os\nx = 1\n```\n```sh\nls\n```",
        FILE,
        (WriteFile("src/a.py", "import os\nx = 1\n", doubtful=True),),
        id="a command beside it",
    ),
]
REFUSED = [
    pytest.param("```python\nimport os\n```", ("src/",), "no-path", id="a folder in the task"),
    pytest.param(
        "README.md\n```\n# T\n```sh\nmake\n```\nend\n```\n",
        (),
        "ambiguous-fence",
        id="a fence inside an equal, nameless fence",
    ),
    pytest.param(
        "a.md\n```md\n```sh\nx\n```\n\nb.md\n```md\ny\n```\n```\n",
        (),
        "ambiguous-fence",
        id="another Markdown fence inside",
    ),
    pytest.param(
        "a.md\n```md\n```sh\nx\n```\n```\ny\n```\nz\n```\n",
        (),
        "ambiguous-fence",
        id="fences left open below a Markdown text",
    ),
    pytest.param("a.py\n```python\n<<<<<<< HEAD\nx\n```", (), "malformed-block", id="a marker in the file"),
    pytest.param("```python\nimport os\n\n# paths\nfrom re import S\n```", FILE, "not-whole-file", id="imports only"),
    pytest.param(
        "README.md\n```md\n# T\n```\nmake\n```\nend\n```\n",
        (),
        "ambiguous-fence",
        id="a nameless fence inside an equal fence",
    ),
    pytest.param(
        'a.py\n```python\n"""D.\n```\nx\n```\n"""\n```\n', (), "ambiguous-fence", id="a nameless fence in a docstring"
    ),
    pytest.param(
        "a.py\n```python\nx\n```\nand\n```python\ny\n```", (), "no-path", id="a fence without a path beside it"
    ),
    pytest.param("a.py\n```python\nx = 1\n", FILE, "malformed-block", id="never closed"),
    pytest.param(
        "a.py\n```python\nx = 1\n# ... rest of the file unchanged ...\n```", (), "elided-code", id="code left out"
    ),
    pytest.param("a.py\n```\nx\n```\na.py\n```\ny\n```", (), "ambiguous-path", id="one file twice, different"),
    pytest.param("a.py\n```python b.py\nx\n```", (), "ambiguous-path", id="two names for one fence"),
    pytest.param(
        "Change the function:\n```python\ndef f():\n    return 2\n```", FILE, "not-whole-file", id="only a part"
    ),
    pytest.param(
        "In `src/a.py`:\n```python\n    return 2\n```", FILE, "not-whole-file", id="only a part, path in the sentence"
    ),
    pytest.param("```python\nimport os\n```", (), "no-path", id="no file in the task"),
    pytest.param("```python\nimport os\n```", ("a.py", "b.py"), "no-path", id="two files in the task"),
    pytest.param("```python\nimport os\n```", ("*.py",), "no-path", id="a glob in the task"),
    pytest.param("The full code of `b.py`:\n```\nx\n```", FILE, "ambiguous-path", id="the sentence names another file"),
    pytest.param("```python\nimport os\n```\n```python\nimport re\n```", FILE, "no-path", id="two fences"),
    pytest.param("```python\nimport os\n# ... existing code ...\n```", FILE, "elided-code", id="code left out"),
    pytest.param("```python\nimport os\n", FILE, "malformed-block", id="never closed"),
    pytest.param("Run this:\n```bash\npip install x\n```", FILE, "no-edit", id="nothing but a command"),
    pytest.param("I'm sorry, I cannot help with that.", FILE, "no-edit", id="a refusal"),
    pytest.param("", FILE, "no-edit", id="nothing"),
    pytest.param("<think>Well.</think>\n", FILE, "no-edit", id="only thinking"),
    pytest.param(
        '{"name": "edit", "arguments": {"path": "src/a.py"}}', FILE, "malformed-block", id="a tool call as text"
    ),
    pytest.param("def f():\n    return 2\n", FILE, "no-edit", id="bare code"),
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
