"""Marks of tampering with the test run in languages that are read as text: JavaScript, Go, Rust, C, C++, Java.

A pattern is a habit of cheats that plain code has no need of. Comments are left out first; strings are kept, since
what is imported stands in them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple


class Mark(NamedTuple):
    """Something in a source that can change what the tests say, in words that follow "would get".

    One that is `common` has honest uses: a file that has it already may have more of it.
    """

    what: str
    common: bool = False


class Pattern(NamedTuple):
    """How a mark looks. The part of the text in its group, or all of it, names it; `ends` ends the program."""

    shape: re.Pattern[str]
    words: str
    common: bool = False
    ends: bool = False


HARD_END = "an end of the program that skips all reports"
EARLY_END = "an early end of the program"
AFTERWARDS = "something that runs when the tests are over"
SUICIDE = "a program that kills itself"
RUNNER = "an import of the tests or their runner"
ASSERTIONS = "a write to what the tests rely on"
MEANING = "a new meaning for assertions"
BLIND = "a comparison that looks at nothing"
LOOK = "a look at whether tests run"
"""What a mark does, in words that follow "would get"."""

_ENTRY = re.compile(
    r"\b(?:main|cli|run)\b\s*(?:=|\(|:)|\brequire\.main\b|\bimport\.meta\.(?:main|url)\b", re.IGNORECASE
)
_COMMENT = re.compile(
    r"""("(?:\\.|[^"\\\n])*+(?:"|(?=\n)|\\?\Z)|'(?:\\.|[^'\\\n])*+(?:'|(?=\n)|\\?\Z)|`(?:\\.|[^`\\])*+(?:`|\\?\Z))"""
    r"""|//[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.DOTALL,
)
"""Strings in the group, and comments. What never ends goes to the end, so that no text takes quadratic time."""
_FAILING = r"(?!\s*(?:[1-9]\d{0,2}|EXIT_FAILURE)\s*\))"
"""An exit that is plainly a failure forges nothing."""


def _forbidden(shape: str, words: str) -> Pattern:
    return Pattern(re.compile(shape, re.MULTILINE), words)


def _common(shape: str, words: str) -> Pattern:
    return Pattern(re.compile(shape, re.MULTILINE), words, common=True)


def _exit(shape: str) -> Pattern:
    return Pattern(re.compile(rf"({shape})\s*\({_FAILING}"), EARLY_END, common=True, ends=True)


_SCRIPT = (
    _exit(r"\bprocess\.exit"),
    _common(r"\b(process\.(?:reallyExit|abort))\b", HARD_END),
    _common(r"\b(process\.kill\(\s*process\.pid)\b", SUICIDE),
    _common(r"\b(process\.(?:on|once)\(\s*['\"](?:exit|beforeExit)['\"])", AFTERWARDS),
    _forbidden(r"\b(process\.exitCode\s*=(?!=))\s*(?:0|undefined)\b", "a forced exit code"),
    _forbidden(
        r"\b((?:global|globalThis|window)(?:\.|\[['\"])(?:expect|assert|test|it|describe|before\w*|after\w*|jest|vi|suite))\b"
        r"(?:['\"]\])?\s*=(?!=)",
        ASSERTIONS,
    ),
    _forbidden(r"\b((?:assert|expect)(?:\.strict)?\.\w+)\s*=(?![=>])", ASSERTIONS),
    _forbidden(r"(require\(\s*['\"](?:node:)?(?:assert|test)[\w/]*['\"]\s*\)\.[\w.]+)\s*=(?!=)", ASSERTIONS),
    _forbidden(r"\b(Object\.(?:assign|defineProperty|defineProperties)\(\s*(?:assert|expect)\b)", ASSERTIONS),
    _forbidden(r"\b(expect\.extend)\s*\(", MEANING),
    _forbidden(
        r"\b(?:from\s*|require\(\s*|import\(\s*|import\s+)"
        r"(['\"](?:node:test|vitest|jest|@jest/[\w-]+|mocha|chai|ava|tap)(?:/[\w/-]+)?['\"])",
        RUNNER,
    ),
    _forbidden(
        r"\b(Module\._(?:load|resolveFilename|extensions)|require\.cache\[[^\]\n]{0,200}\])[^\n=]{0,200}=(?!=)",
        ASSERTIONS,
    ),
    _forbidden(
        r"\b((?:Object|Array|Function|String|Number|Boolean|Promise|Error)\.prototype\.\w+)\s*=(?!=)", ASSERTIONS
    ),
    _forbidden(r"\b(Object\.is)\s*=(?!=)", ASSERTIONS),
    _forbidden(r"\b(process\.env\.(?:NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST\w*)|import\.meta\.vitest)\b", LOOK),
)
_GO = (
    _exit(r"\bos\.Exit"),
    _common(r"\b(syscall\.(?:Exit|Kill)|unix\.Exit)\b", HARD_END),
    _forbidden(r"^[ \t]*(?:import[ \t]+)?(?:[\w.]{1,40}[ \t]+)?(\"testing(?:/[\w/]+)?\")", RUNNER),
    _forbidden(r"\b(testing\.Testing|flag\.Lookup\(\s*\"test\.)", LOOK),
    _forbidden(r"^[ \t]*(?://)(go:linkname\s+\S+)", "a hold on the insides of another package"),
)
_RUST = (
    _exit(r"\bprocess::exit"),
    _common(r"\b(process::abort|libc::_?exit|libc::kill)\b", HARD_END),
    _forbidden(r"(macro_rules!\s*(?:assert\w*|debug_assert\w*|panic))\b", MEANING),
    _forbidden(
        r"\b(fn\s+(?:eq|ne))\s*\([^)]{0,300}\)\s*->\s*bool\s*\{\s*(?:return\s+)?(?:true|false)\s*;?\s*\}", BLIND
    ),
    _forbidden(r"(\bcfg!\(\s*test\b|#\[cfg\(\s*not\(\s*test\b)", LOOK),
    _forbidden(r"\b(panic::(?:set_hook|take_hook))\b", MEANING),
)
_C = (
    _exit(r"(?<![\w.>])(?:std::)?exit"),
    _common(r"(?<![\w.>])((?:std::)?(?:_exit|_Exit|quick_exit))\s*\(", HARD_END),
    _common(r"(?<![\w.>])((?:std::)?(?:atexit|at_quick_exit|on_exit))\s*\(", AFTERWARDS),
    _common(r"\b((?:std::)?raise\(\s*SIG\w+|kill\(\s*getpid\(\))", SUICIDE),
    _forbidden(
        r"^[ \t]*#[ \t]*((?:define|undef)\s+(?:(?:assert|NDEBUG)\b|(?:ASSERT|EXPECT|REQUIRE|CHECK|TEST)(?:_\w+)?\())",
        MEANING,
    ),
    _forbidden(r"(#[ \t]*include[ \t]*[<\"](?:gtest|gmock|catch2)/[^>\"\n]{0,200})", RUNNER),
    _forbidden(r"(__attribute__\s*\(\(\s*(?:constructor|destructor))", "code that runs around the tests"),
    _forbidden(r"\b(operator\s*[=!]=)\s*\([^)]{0,300}\)[\w\s]{0,60}\{\s*return\s+(?:true|false|[01])\s*;\s*\}", BLIND),
)
_JAVA = (
    _exit(r"\bSystem\.exit"),
    _common(r"\b(Runtime\.getRuntime\(\)\.(?:halt|exit|addShutdownHook))\b", HARD_END),
    _forbidden(r"\bboolean\s+(equals\s*\([^)]{0,300}\))\s*\{\s*return\s+(?:true|false)\s*;\s*\}", BLIND),
    _forbidden(r"^[ \t]*import\s+(?:static\s+)?((?:org\.junit|junit|org\.testng)[\w.]*)", RUNNER),
)
_PYTHON = (
    _common(r"\b(os\._exit|os\.abort|_exit)\s*\(", HARD_END),
    _forbidden(r"\b((?:builtins|__builtins__|_pytest|pytest|unittest)\.[\w.]+)\s*=(?!=)", ASSERTIONS),
    _forbidden(r"^[ \t]*(?:import|from)\s+(_?pytest|unittest|conftest)\b", RUNNER),
    _forbidden(
        r"\bdef\s+(__(?:eq|ne|bool|hash)__)\s*\([^)]{0,300}\)[^:\n]{0,100}:\s*return\s+(?:True|False|\d+)\s*$", BLIND
    ),
    _forbidden(r"(PYTEST_CURRENT_TEST)", LOOK),
)
"""For Python that this Python cannot read, such as the syntax of a newer one."""

PATTERNS: Mapping[str, tuple[Pattern, ...]] = {
    **dict.fromkeys((".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".vue", ".svelte"), _SCRIPT),
    ".go": _GO,
    ".rs": _RUST,
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".ipp", ".m", ".mm"), _C),
    ".java": _JAVA,
    **dict.fromkeys((".py", ".pyw", ".pyi"), _PYTHON),
}
"""By the ending of a file's name."""


def pattern_marks(text: str, suffix: str) -> Counter[Mark]:
    """The marks in a text, by the ending of its file's name; none for a language that is not known."""
    bare = text if suffix.startswith(".py") else _COMMENT.sub(_kept, text)
    return Counter(mark for pattern in PATTERNS.get(suffix, ()) for mark in _found(pattern, bare))


def _kept(match: re.Match[str]) -> str:
    """A string stays, a comment becomes a blank; `//go:linkname` is an order to the compiler."""
    whole = match[0]
    return whole if match[1] is not None or whole.startswith("//go:") else " " + "\n" * whole.count("\n")


def _found(pattern: Pattern, text: str) -> Iterator[Mark]:
    lines = text.split("\n")
    for match in pattern.shape.finditer(text):
        if not (pattern.ends and _in_entry(lines, text.count("\n", 0, match.start()))):
            named = next((group for group in match.groups() if group), match[0])
            yield Mark(f"{pattern.words} ({' '.join(named.split())[:60]})", pattern.common)


def _in_entry(lines: Sequence[str], number: int) -> bool:
    """Whether a line lies in a program's entry, by the lines above it that are indented less and less."""
    depth = _indent(lines[number]) + 1  # the line itself may be `int main() { exit(0); }`
    for line in reversed(lines[: number + 1]):
        if line.strip() and _indent(line) < depth:
            depth = _indent(line)
            if _ENTRY.search(line):
                return True
            if depth == 0 and not line.startswith(("}", ")", "{")):
                break
    return lines[0].startswith("#!")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
