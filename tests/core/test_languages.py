"""A program without its comments and layout, in every language we can read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gitbuddy.core.endings import SUFFIXES
from gitbuddy.core.languages import examples, language_of, problems, skeleton

Sources = tuple[str, str, str]
"""Path, before, after."""

SAME: Mapping[str, Sources] = {
    "c: comments": ("a.c", "int f(int a) { return a; }\n", "/* Give a. */\nint f(int a)\n{\n  return a; // it\n}\n"),
    "c: comment between strings": ("a.c", 'char *s = "a" "b";\n', 'char *s = "a" /* and */\n  "b";\n'),
    "c: comment behind a macro": ("a.c", "#define N 3\nint x = N;\n", "#define N 3 // how many\nint x = N;\n"),
    "c: comment in a macro": ("a.c", '#define S "//" /* a */\n', '#define S "//"\n'),
    "c: header that is C++": ("a.h", "class A { int x; };\n", "class A { int x; /* width */ };\n"),
    "c++: doxygen": ("a.cpp", "struct A { int x; };\n", "/// A point.\nstruct A {\n  int x; ///< across\n};\n"),
    "c++: template": ("a.hpp", "template<class T> T f(T a);\n", "template <class T> // any\nT f(T a);\n"),
    "js: comments": ("a.js", "const f = (a) => a;\n", "/** Give a. */\nconst f = (a) => a; // it\n"),
    "js: layout within brackets": ("a.js", "f(a, b);\n", "f(\n  a, // first\n  b\n);\n"),
    "js: comment on a page": ("a.jsx", "x = <p>\n  <b/>\n</p>\n", "x = <p>\n  {/* bold */}\n  <b/>\n</p>\n"),
    "ts: comments": ("a.ts", "let a: number = 1\n", "// how many\nlet a: number = 1\n"),
    "tsx: comments": ("a.tsx", "let a = <T,>(x: T) => <p>{x}</p>\n", "let a = <T,>(x: T) => <p>{x /* it */}</p>\n"),
    "go: comments": (
        "a.go",
        "package a\n\nfunc F() {\n}\n",
        "// Package a is.\npackage a\n\n// F does.\nfunc F() { // x\n}\n",
    ),
    "go: comment at the end of a line": (
        "a.go",
        "package a\n\nvar x = 1\nvar y = 2\n",
        "package a\n\nvar x = 1 // x\n\nvar y = 2\n",
    ),
    "rust: doc comments": ("a.rs", "pub fn f() {}\n", "//! It.\n\n/// Does.\npub fn f() { /* x */ }\n"),
    "rust: in a macro": ("a.rs", 'fn f() { println!("a", x); }\n', 'fn f() { println!("a", /* it */ x); }\n'),
    "java: javadoc": (
        "A.java",
        "class A { int f() { return 1; } }\n",
        "/** It. */\nclass A {\n  // one\n  int f() { return 1; } }\n",
    ),
    "python: comments": ("a.py", "x = 1\n", "# one\nx = 1\n"),
    "BOM": ("a.js", "\ufeffx = 1\n", "x = 1\n"),
    "line endings": ("a.c", "int x;\r\nint y;\r\n", "int x;\nint y;\n"),
}
OTHER: Mapping[str, Sources] = {
    "c: value": ("a.c", "int x = 1;\n", "int x = 2;\n"),
    "c: string": ("a.c", 'char *s = "a";\n', 'char *s = " a";\n'),
    "c: macro": ("a.c", "#define N 3\n", "#define N 4 // 3\n"),
    "c: macro takes parameters": ("a.c", "#define F (a)\n", "#define F(a)\n"),
    "c: comment swallows the next line": (
        "a.c",
        "int x = 1;\nint y;\n",
        "int x = 1; // why \\\nint y;\n",
    ),
    "c: to gcc it goes on after a blank": ("a.c", "// a\nint x;\n", "// a \\ \nint x;\n"),
    "c: trigraph": ("a.c", "// a\nint x;\n", "// a??/\nint x;\n"),
    "c: a lone CR": ("a.c", "// a\n", "// a\rint x;\n"),
    "c: include": ("a.c", "#include <a.h>\n", "#include <b.h>\n"),
    "c: conditional": ("a.c", "#ifdef A\nint x;\n#endif\n", "#ifndef A\nint x;\n#endif\n"),
    "c: NOLINT": ("a.c", "int x; // one\n", "int x; // NOLINT\n"),
    "c: fall through": ("a.c", "int x; /* fall through */\n", "int x; /* falling */\n"),
    "c++: raw string": ("a.cc", 'auto s = R"(a // b)";\n', 'auto s = R"(a // c)";\n'),
    "js: return of nothing": ("a.js", "function f() { return x }\n", "function f() { return /* a\n b */ x }\n"),
    "js: template": ("a.js", "x = `a ${b}`\n", "x = `a  ${b}`\n"),
    "js: regular expression": ("a.js", "x = / a/\n", "x = /  a/\n"),
    "js: text on a page": ("a.jsx", "x = <p>a b</p>\n", "x = <p>a {/* c */} b</p>\n"),
    "js: interpreter": ("a.js", "#!/usr/bin/env node\nx\n", "#!/bin/sh\nx\n"),
    "js: line separator": ("a.js", "// a\nx\n", "// a\u2028y()\nx\n"),
    "js: HTML comment": ("a.js", "x\n", "x\n<!-- y\n"),
    "js: eslint": ("a.js", "x\n", "/* eslint-disable */\nx\n"),
    "js: settings of eslint": ("a.js", "/* eslint\n  eqeqeq: 2 */\nx\n", "/* eslint\n  eqeqeq: 0 */\nx\n"),
    "js: pure": ("a.js", "x = f()\n", "x = /*#__PURE__*/ f()\n"),
    "js: jsx": ("a.jsx", "x\n", "/** @jsx h */\nx\n"),
    "js: flow": ("a.js", "// @flow\nx\n", "// flow\nx\n"),
    "js: coverage": ("a.js", "x\n", "/* istanbul ignore next */\nx\n"),
    "js: strict": ("a.js", "'use strict'\nx\n", "x\n"),
    "ts: ignore": ("a.ts", "x\n", "// @ts-ignore\nx\n"),
    "ts: reference": ("a.ts", '/// <reference types="a" />\nx\n', '/// <reference types="b" />\nx\n'),
    "ts: type": ("a.ts", "let x: number\n", "let x: string\n"),
    "go: build tag": ("a.go", "//go:build linux\n\npackage a\n", "//go:build windows\n\npackage a\n"),
    "go: old build tag": ("a.go", "// +build linux\n\npackage a\n", "// linux\n\npackage a\n"),
    "go: becomes a directive": (
        "a.go",
        "package a\n\n// go:embed x\nvar s string\n",
        "package a\n\n//go:embed x\nvar s string\n",
    ),
    "go: generate": ("a.go", "package a\n\n//go:generate a\n", "package a\n\n//go:generate b\n"),
    "go: cgo": ("a.go", 'package a\n\n// int f();\nimport "C"\n', 'package a\n\n// int g();\nimport "C"\n'),
    "go: cgo is cut off": (
        "a.go",
        'package a\n\n// int f();\nimport "C"\n',
        'package a\n\n// int f();\n\nimport "C"\n',
    ),
    "go: cgo export": ("a.go", "package a\n\n//export F\nfunc F() {}\n", "package a\n\n// F is.\nfunc F() {}\n"),
    "go: a comment ends the line": (
        "a.go",
        "package a\n\nfunc f() int { return x }\n",
        "package a\n\nfunc f() int { return /*\n*/ x }\n",
    ),
    "go: what an example prints": (
        "a_test.go",
        "package a\n\nfunc ExampleF() {\n\t// Output:\n\t// 1\n}\n",
        "package a\n\nfunc ExampleF() {\n\t// Output:\n\t// 2\n}\n",
    ),
    "go: struct tag": (
        "a.go",
        'package a\n\ntype S struct{ A int `json:"a"` }\n',
        'package a\n\ntype S struct{ A int `json:"b"` }\n',
    ),
    "rust: attribute": ("a.rs", "fn f() {}\n", "#[inline]\nfn f() {}\n"),
    "rust: literal": ("a.rs", 'const S: &str = "a";\n', 'const S: &str = "a ";\n'),
    "java: escape ends the comment": ("A.java", "class A { // a\n}\n", "class A { // \\u000a int x;\n}\n"),
    "java: deprecated": ("A.java", "class A { /** It. */ int x; }\n", "class A { /** @deprecated it */ int x; }\n"),
    "java: modifier": ("A.java", "class A { int x; }\n", "class A { final int x; }\n"),
    "python: noqa": ("a.py", "import os\n", "import os  # noqa\n"),
    "python: type comment": ("a.py", "x = []  # type: list[int]\n", "x = []  # type: list[str]\n"),
    "python: moves to another line": ("a.py", "a = 1  # noqa\nb = 2\n", "a = 1\nb = 2  # noqa\n"),
    "python: not covered": ("a.py", "if a:\n    b\n", "if a:  # pragma: no cover\n    b\n"),
    "python: script needs": (
        "a.py",
        '# /// script\n# dependencies = ["a"]\n# ///\n',
        '# /// script\n# dependencies = ["b"]\n# ///\n',
    ),
}


ODD = "BEGIN_DECLS\n#define F(a) a\n#if X // don't\nint A_MACRO f(int) ANOTHER(1) }\n#endif\n"
"""C that no grammar reads."""
SAME_TOKENS = {
    "comments": ODD.replace("int A", "/* f */ int A").replace("(1)", "(1) /* one */"),
    "layout": ODD.replace("int A_MACRO f", "int  A_MACRO\n  f"),
    "apostrophe": ODD.replace("// don't", "/* doesn't */"),
    "behind a directive": ODD.replace("#endif", "#endif // X"),
}
OTHER_TOKENS = {
    "word": ODD.replace("f(int)", "g(int)"),
    "macro takes none": ODD.replace("F(a)", "F (a)"),
    "line of the preprocessor": ODD.replace("#if X // don't\n", "#if X "),
    "suppression": ODD.replace("(1)", "(1) /* NOLINT */"),
    "continued comment": ODD.replace("don't", "don't \\"),
}


@pytest.mark.parametrize("after", SAME_TOKENS.values(), ids=SAME_TOKENS)
def test_c_that_no_grammar_reads_is_compared_by_its_tokens(after: str) -> None:
    assert problems(ODD.encode(), "a.h")
    assert skeleton(ODD.encode(), "a.h") == skeleton(after.encode(), "a.h")


@pytest.mark.parametrize("after", OTHER_TOKENS.values(), ids=OTHER_TOKENS)
def test_other_tokens_are_another_program(after: str) -> None:
    assert skeleton(ODD.encode(), "a.h") != skeleton(after.encode(), "a.h")


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ('x = R"(a // b)" }', 'x = R"(a // c)" }', False),
        ("#include <a//b>\n}", "#include <a//c>\n}", False),
        ('x = "a//b" }', 'x = "a//c" }', False),
        ("x = '\"' /* \" */ }", "x = '\"' }", True),
        ("x = 1'000 /* ' */ }", "x = 1'000 }", True),
    ],
)
def test_what_looks_like_a_comment_within_a_token_is_none(before: str, after: str, same: bool) -> None:
    assert (skeleton(before.encode(), "a.cc") == skeleton(after.encode(), "a.cc")) == same


@pytest.mark.parametrize("source", [b'x = "a\n}', b"/* a\n}", b"}\xff", b"}\0", b'R"(a" }'])
def test_tokens_that_cannot_be_told(source: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        skeleton(source, "a.c")


@pytest.mark.parametrize(("path", "before", "after"), SAME.values(), ids=SAME)
def test_comments_and_layout_leave_no_trace(path: str, before: str, after: str) -> None:
    assert skeleton(before.encode(), path) == skeleton(after.encode(), path)


@pytest.mark.parametrize(("path", "before", "after"), OTHER.values(), ids=OTHER)
def test_code_and_comments_that_tools_read_do(path: str, before: str, after: str) -> None:
    assert skeleton(before.encode(), path) != skeleton(after.encode(), path)


@pytest.mark.parametrize("path", [f"a.{suffix}" for suffix in SUFFIXES])
def test_every_grammar_reads_an_empty_file_and_names_the_line_of_an_error(path: str) -> None:
    assert problems(b"", path) == ""
    assert str(problems(b"\n)", path)).startswith("line 2: ")


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.py", "python"), ("b/a.test.tsx", "tsx"), ("a.C", "c++"), ("py", None), ("a.rb", None), ("Makefile", None)],
)
def test_the_ending_tells_the_language(path: str, expected: str | None) -> None:
    assert language_of(path) == expected


def test_says_that_it_cannot_read_a_language() -> None:
    assert problems(b")", "a.rb") is None


def test_names_what_is_missing() -> None:
    assert problems(b"int f() {\n  return 1\n}\n", "a.c") == "line 2: missing ;"


@pytest.mark.parametrize("path", ["a.go", "a.c", "a.py"])
def test_a_nul_byte_is_a_problem(path: str) -> None:
    assert problems(b"\0", path)


@pytest.mark.parametrize("source", [b"x = \n", b"\0", b"\xff", b"return 1\n", b"x = " + b"-" * 100_000 + b"1\n"])
def test_what_is_no_python_is_a_value_error(source: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        skeleton(source, "a.py")


def test_a_long_chain_of_operators_is_too_deep_and_no_crash() -> None:
    with pytest.raises(ValueError, match="too deeply"):
        skeleton(b"x = " + b"1 + " * 50_000 + b"1\n", "a.py")


@pytest.mark.parametrize("path", ["a.js", "a.c", "A.java"])
def test_trees_may_be_deep(path: str) -> None:
    source = b"int x = " * (path != "a.js") + b"(" * 20_000 + b"1" + b")" * 20_000 + b";"
    if path == "A.java":
        source = b"class A { " + source + b"}"

    assert skeleton(source, path)


def test_python_docstrings_and_idle_statements_leave_no_trace() -> None:
    idle = b'"""a"""\ndef f():\n    "b"\n    pass\n    ...\n'

    assert skeleton(idle, "a.py") == skeleton(b"def f(): ...\n", "a.py")


def test_a_string_within_a_block_of_python_is_code() -> None:
    assert skeleton(b"if x:\n    'a'\n", "a.py") != skeleton(b"if x:\n    'b'\n", "a.py")


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("a.py", 'def f():\n    """F.\n\n    >>> f()\n    1\n\n    More.\n    """\n', [">>> f()\n1"]),
        ("a.rs", "/// F.\n/// ```\n/// f();\n/// ```\nfn f() {}\n", ["```\nf();\n```"]),
        ("a.rs", "/// F.\n///\n///     f();\nfn f() {}\n", ["f();"]),
        ("a.rs", "/** F.\n * ```no_run\n * f();\n * ```\n */\nfn f() {}\n", ["```no_run\nf();\n```"]),
        ("a.rs", "// ```\n// f();\n// ```\nfn f() {}\n", []),
        ("a.go", "package a\n\n// ```\n// f()\n// ```\n", []),
    ],
)
def test_examples_that_are_run(path: str, source: str, expected: list[str]) -> None:
    assert list(examples(source.encode(), path).elements()) == expected
