"""A task as it is written, and every way in which it is not one."""

from __future__ import annotations

import pytest

from gitbuddy.errors import UsageError
from gitbuddy.git.taskfile import read_task
from gitbuddy.values import Kind, Origin, Task

BASE = "1" * 40
ORIGIN = Origin("json", BASE, "x")


def read(text: str | bytes, limit: int = 1000) -> Task:
    data = text.encode() if isinstance(text, str) else text
    return read_task(data, base=BASE, source="json", place="x", limit=limit)


def task(text: str, **fields: object) -> Task:
    return Task(**({"kind": Kind.CHANGE, "text": text, "base": BASE, "origin": ORIGIN} | fields))  # type: ignore[arg-type]  # fields of a Task by name


FULL = """---
kind: fix
files: [src/a.py, "tests/**"]
needs: [first]
accept: tests/test_a.py::test_x
tier: deep
checks: lint, test
---

Make it work.

---
The end.
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Make it work.\n", task("Make it work.")),
        ("\ufeffMake it work.\r\nNow.\r\n", task("Make it work.\nNow.")),
        ("---\n---\nx", task("x")),
        ("---\nkind: test\n---\nx", task("x", kind=Kind.TEST)),
        ("---\nfiles: ./a.py b.py\n---\nx", task("x", files=("a.py", "b.py"))),
        (
            FULL,
            task(
                "Make it work.\n\n---\nThe end.",
                kind=Kind.FIX,
                files=("src/a.py", "tests/**"),
                needs=("first",),
                accept=("tests/test_a.py::test_x",),
                tier="deep",
                checks=("lint", "test"),
            ),
        ),
        ('{"text": "x"}', task("x")),
        ('{"description": "x", "filesOwned": ["a", "b"]}', task("x", files=("a", "b"))),
        (' \n{"text": "x", "kind": "refactor", "id": "s"}', task("x", kind=Kind.REFACTOR, slug="s")),
        ('{"text": "x", "tier": null, "files": []}', task("x")),
        ("Use {braces} and a\tTAB.", task("Use {braces} and a\tTAB.")),
    ],
)
def test_reads(given: str, expected: Task) -> None:
    assert read(given) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "it has no text"),
        (" \n\t", "it has no text"),
        ("---\nkind: fix\n---\n", "it has no text"),
        ("---\nkind: fix\n---", "it has no text"),
        ('{"kind": "fix"}', "it has no text"),
        ("x" * 1001, "its text is too long: 1001 characters"),
        ("x" * 30_000, "it is too long: 30000 bytes"),
        (b"caf\xe9", "it is not UTF-8: byte 3"),
        ("a\0b", "NUL"),
        ("---\nkind: fix\nx", "front matter has no end"),
        ("---\nkind: mend\n---\nx", "an unknown kind: mend"),
        ("---\nkind: [fix]\n---\nx", "an unknown kind"),
        ("---\nkinds: fix\n---\nx", "an unknown key: kinds"),
        ("---\n1: fix\n---\nx", "an unknown key: 1"),
        ("---\ntext: hidden\n---\nx", "an unknown key: text"),
        ("---\n- fix\n---\nx", "not a list of keys and values"),
        ("---\nkind: fix\nkind: test\n---\nx", "a key stands twice: kind"),
        ("---\nfiles: [a\n---\nx", "not valid YAML"),
        ("---\nfiles: !!python/object:os.system [x]\n---\nx", "not valid YAML"),
        ("---\nfiles: &a [x]\nneeds: *a\n---\nx", "a YAML alias"),
        ("---\nfiles: [[[[[x]]]]]\n---\nx", "nested too deep"),
        ("---\nfiles: " + "[" * 5000 + "\n---\nx", "nested too deep"),
        ("---\ntier: " + "9" * 5000 + "\n---\nx", "front matter is not valid YAML"),
        ("---\ntier: 3\n---\nx", "tier is not a string: 3"),
        ("---\ntier: " + "x" * 17_000 + "\n---\nx", "front matter is too long"),
        ("---\nfiles: {a: b}\n---\nx", "files is not a list of strings"),
        ("---\nfiles: [1]\n---\nx", "files is not a list of strings"),
        ("---\nfiles: ['']\n---\nx", "files is not a list of strings"),
        ("---\nneeds: yes\n---\nx", "needs is not a list of strings"),
        ("---\nneeds: 2026-01-01\n---\nx", "needs is not a list of strings"),
        ("---\nfiles: /etc/passwd\n---\nx", "not a path inside the repository: /etc/passwd"),
        ("---\nfiles: a/../../b\n---\nx", "not a path inside the repository"),
        ('---\nfiles: "a\\nb"\n---\nx', None),
        ('---\nfiles: ["a\\nb"]\n---\nx', "not a path inside the repository"),
        ("---\nfiles: a\\b\n---\nx", "not a path inside the repository"),
        ("---\nneeds: [" + "a," * 600 + "]\n---\nx", "needs has too many entries: 600"),
        ("{", "not valid JSON"),
        ('{"text": "x"} more', "not valid JSON"),
        ('["text"]', "not a JSON object"),
        ("[" * 3000, "not valid JSON"),
        ('{"text": ' + "9" * 4500 + "}", "JSON"),
        ('{"text": 1}', "text is not a string: 1"),
        ('{"text": "x", "colour": 1}', "an unknown key: colour"),
        ('{"text": "x", "text": "y"}', "a key stands twice: text"),
        ('{"text": "x", "description": "y"}', "the same under two names"),
        ('{"text": "x", "files": "a", "filesOwned": "b"}', "the same under two names"),
    ],
)
def test_refuses(given: str | bytes, words: str | None) -> None:
    if words is None:
        assert read(given).files == ("a", "b")
        return
    with pytest.raises(UsageError, match="task x: ") as caught:
        read(given, limit=3400 if isinstance(given, str) and given.startswith(("{", "---")) else 1000)
    assert words in caught.value.message
    assert caught.value.hint


def test_an_unknown_kind_is_answered_with_the_kinds() -> None:
    with pytest.raises(UsageError) as caught:
        read('{"text": "x", "kind": "dance"}')

    assert caught.value.hint == f"kinds: {', '.join(Kind)}"


@pytest.mark.parametrize(("source", "key"), [("file", "the-slug"), ("json", BASE), ("cli", BASE), ("trailer", "")])
def test_the_identity_follows_the_source(source: str, key: str) -> None:
    found = read_task(b"x", base=BASE, source=source, place="p", slug="the-slug")  # type: ignore[arg-type]  # by table

    assert found.origin == Origin(source, key, "p")  # type: ignore[arg-type]
    assert found.slug == "the-slug"
