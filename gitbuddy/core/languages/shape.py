"""A program without its comments and layout, for every language that tree-sitter reads."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from tree_sitter import Node

from gitbuddy.core.endings import language_of
from gitbuddy.core.languages import lexical
from gitbuddy.core.languages.comments import OUTPUT, directive, rust_examples
from gitbuddy.core.languages.trees import COMMENTS, parse, walk

_VERBATIM = re.compile(r"string|char_literal|character_literal|rune_literal|regex")
"""Nodes in which every blank counts."""
_LINE_ENDS_COUNT = frozenset({"go", "javascript", "typescript", "tsx"})
"""Languages that put in semicolons where a line ends."""
_GOES_ON_AFTER, _GOES_ON_BEFORE = b"([{,;:.=&|", b")]},;.:?=&|"
"""After and before these no semicolon is put in, or it changes nothing."""
_BLANK = re.compile(rb"(?:\s|\\\r?\n)+")
_CGO = re.compile(rb'^\s*(?:import\s*)?"C"', re.MULTILINE)
_LINE_END = re.compile("[\n\r\u2028\u2029]".encode())
_MACRO_PARTS = re.compile(rb'("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\')|//[^\n]*|/\*.*?\*/', re.DOTALL)


@dataclass
class _Walk:
    """What a walk through the tree has gathered, and where it stands in the source."""

    source: bytes
    language: str
    tests: bool
    parts: list[str | bytes] = field(default_factory=list)
    read: int = 0
    """Up to here the source is accounted for."""
    token: int = 0
    """The last token ended here."""
    output: bool = False
    """Within what an example of a Go test must print."""

    def leaf(self, node: Node) -> None:
        text = node.text or b""
        if not text.strip() and node.type != "jsx_text":
            return
        self._gap(node)
        if self.language in _LINE_ENDS_COUNT and self._line_ends(node, text):
            self.parts.append("line end")
        self.parts.append(_macro(text) if node.type == "preproc_arg" else text)
        self.token, self.output = node.end_byte, False

    def comment(self, node: Node) -> None:
        self._gap(node)
        text = (node.text or b"").decode("utf-8", "replace")
        self.output = self.output or (self.tests and bool(OUTPUT.match(text)))
        if kept := text if self.output else directive(text, self.language):
            self.parts.append(kept)

    def _gap(self, node: Node) -> None:
        """Text that belongs to no leaf is code all the same."""
        if rest := _BLANK.sub(b"", self.source[self.read : node.start_byte]).removeprefix(b"\xef\xbb\xbf"):
            self.parts.append(rest)
        self.read = max(self.read, node.end_byte)

    def _line_ends(self, node: Node, text: bytes) -> bool:
        before = self.source[self.token - 1 : self.token]
        if not before or before in _GOES_ON_AFTER or text[:1] in _GOES_ON_BEFORE:
            return False
        return bool(_LINE_END.search(self.source, self.token, node.start_byte))


def skeleton(source: bytes, path: str) -> tuple[str | bytes, ...]:
    """Equal for two sources that differ in comments and layout only: the tree, with the types of its nodes.

    C and C++ that no grammar reads are compared as tokens. Raises `ValueError` where the source cannot be read.
    """
    try:
        language, root = parse(source, path)
    except ValueError:
        if (language := language_of(path) or "") not in ("c", "c++"):
            raise
        return lexical.skeleton(source, language)
    state = _Walk(source, language, path.endswith("_test.go"), [language, *_cgo(source, language)])
    stack: list[Node | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            state.parts.append("end")
        elif node.type in COMMENTS:
            state.comment(node)
        elif _is_empty_jsx(node):
            state.read = max(state.read, node.end_byte)
        elif not node.child_count or _is_verbatim(node):
            state.leaf(node)
        else:
            state.parts.append(f"begin {node.type}")
            stack += [None, *reversed(node.children)]
    return tuple(state.parts)


def examples(source: bytes, path: str) -> Counter[str]:
    """The examples in the documentation of Rust code. Raises `ValueError` where the source cannot be read."""
    found: Counter[str] = Counter()
    group: list[str] = []
    for node in walk(parse(source, path)[1], lambda node: node.type not in COMMENTS):
        if node.type in COMMENTS:
            group.append((node.text or b"").decode("utf-8", "replace"))
        elif group:
            found.update(rust_examples(group))
            group = []
    found.update(rust_examples(group))
    return found


def _is_verbatim(node: Node) -> bool:
    return bool(_VERBATIM.search(node.type)) and node.type != "concatenated_string"


def _is_empty_jsx(node: Node) -> bool:
    """`{/* a comment */}`, and the line ends around it, which show nothing on a page."""
    if node.type == "jsx_text":
        text = node.text or b""
        return not text.strip() and b"\n" in text
    if node.type != "jsx_expression":
        return False
    inner = node.named_children
    return all(child.type in COMMENTS and not directive((child.text or b"").decode(), "tsx") for child in inner)


def _cgo(source: bytes, language: str) -> list[bytes]:
    """The comment before `import "C"` is C code, and a blank line between them matters."""
    found = _CGO.search(source) if language == "go" else None
    return [source[: found.end()]] if found else []


def _macro(text: bytes) -> bytes:
    """The body of a macro without the comments in it; as it is where a raw string or a long comment may be."""
    if b'R"' in text or (b"//" in text and b"\\\n" in text.replace(b"\r", b"")):
        return text
    return _MACRO_PARTS.sub(lambda part: part.group(1) or b" ", text).strip()
