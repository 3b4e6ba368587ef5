"""C and C++ as a row of tokens, for files that no grammar reads because of their macros.

Sound without a tree: two files with the same tokens, and the same lines of the preprocessor, are the same program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitbuddy.core.languages.comments import directive

_TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\r?\n|[^\n])*|/\*.*?\*/)
      | (?P<include>\#[ \t]*include[ \t]*<[^>\n]*>)
      | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^ ()\\\s]{0,16})\(.*?\)(?P=mark)")
      | (?P<text>(?:u8|[uUL])?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
      | (?P<word>\w+)
      | (?P<end>\r?\n)
      | (?P<splice>\\\r?\n)
      | (?P<blank>[ \t\f\v]+)
      | (?P<sign>[^"'\s])""",
    re.DOTALL | re.VERBOSE,
)


def skeleton(source: bytes, language: str) -> tuple[str, ...]:
    """Equal for two sources that differ in comments and layout only.

    Raises `ValueError` where not even tokens can be told: an open quote, bytes that are not UTF-8, and in C what would
    be a raw string in C++.
    """
    if b"\0" in source or (language == "c" and b'R"' in source):
        raise ValueError("its tokens cannot be told")
    return ("tokens", *_tokens(source.decode("utf-8-sig"), language))


def _tokens(source: str, language: str) -> Iterator[str]:
    fresh, preprocessor, gap = True, False, False
    for kind, text in _matches(source):
        if kind == "end":
            if preprocessor:
                yield "line end"
            fresh, preprocessor = True, False
        elif kind == "blank":
            gap = True
        elif kind == "comment":
            gap = True
            if kept := directive(text, language):
                yield kept
        else:
            preprocessor = preprocessor or (fresh and text.startswith("#"))
            if preprocessor and gap and not fresh:
                yield " "  # `F (x)` and `F(x)` are two macros
            yield text
            fresh = gap = False


def _matches(source: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of all that the source is made of, in order."""
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or (match[0] == "/" and source.startswith("/*", position)):
            line = source.count("\n", 0, position) + 1
            raise ValueError(f"line {line}: cannot tell where a text or comment ends")
        position = match.end()
        yield match.lastgroup or "", match[0]
