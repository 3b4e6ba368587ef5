"""Paths as models write them around a block: above it, in its info string, in a first comment line.

A *path line* holds a path and decoration, nothing else. A *mention* is a path inside a sentence, which says less.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 400
_SUFFIXES = re.compile(
    r"adoc|astro|bash|bat|bib|c|cc|cfg|cjs|clj|cmake|cmd|conf|cpp|cs|css|csv|cts|cu|cuh|cxx|dart|ejs|env|erl|ex|exs|"
    r"fish|fs|go|gradle|graphql|groovy|h|hbs|hcl|hh|hpp|hs|htm|html|hxx|ini|ipp|ipynb|j2|java|jinja|jl|js|json|json5|"
    r"jsonc|jsx|kt|kts|less|lock|lua|m|md|mdx|mjs|mk|ml|mli|mm|mts|nix|php|pl|pm|properties|proto|ps1|pug|py|pyi|r|"
    r"rb|rs|rst|sass|scala|scss|sh|sql|svelte|svg|swift|tex|tf|tmpl|toml|ts|tsv|tsx|txt|v|vb|vhd|vue|xml|ya?ml|zig|zsh",
    re.IGNORECASE,
)
_BARE_NAMES = re.compile(
    r"authors|changelog|codeowners|containerfile|dockerfile|gemfile|jenkinsfile|justfile|license|makefile|notice|"
    r"procfile|rakefile|readme|vagrantfile",
    re.IGNORECASE,
)
_PATH = re.compile(r"[^\s<>|\"'`*?:;,={}\u3001\u3002\u300a-\u3011\uff08\uff09\uff0c\uff1a\uff1b]+")
_DECORATION = (
    re.compile(r"^(?:#+|//+|--+|;+|/\*+|<!--|[-+]|\d+[.)])\s*(?=\S)"),
    re.compile(
        r"^(?:(?:new|the|updated|modified|changed|complete|full)\s+)*(?:file\s*(?:name|path)?|path)\s*\d*\s*(?:[:=]\s*|\s(?=[`*\"'])|\s(?=\S+$))",
        re.IGNORECASE,
    ),
    re.compile(r"^\w{1,12}\uff1a"),  # a label in Chinese or Japanese
    re.compile(r"\s*(?:\*/|-->)$"),
    re.compile(r"\s*\((?:new(?: file)?|updated|modified|changed|created|edited)\)$", re.IGNORECASE),
    re.compile(r"[:\uff1a]$"),
)
_WRAPPED = re.compile(r"(\*\*|__|\*|`+|\"|'|\[)(?P<inner>.+?)(?:\1|\])")
_QUOTED = re.compile(r"`([^`]+)`|\"([^\"\s]+)\"|'([^'\s]+)'")


def path_line(line: str) -> str | None:
    """The path of a line that holds nothing but a path and decoration; None for any other line."""
    text = line.strip()
    if len(text) > _LONGEST:
        return None
    quoted = False
    while True:
        if _sole_path(text, spaces=quoted):
            return text.removeprefix("./")
        shorter = _undecorated(text)
        if shorter == text:
            return None
        quoted = quoted or text[:1] in "`\"'"
        text = shorter


def last_paths(lines: Sequence[str]) -> tuple[str, ...]:
    """The different paths of the path lines that end these lines, the last first; several of them are a list."""
    found: dict[str, None] = {}
    for line in filter(str.strip, reversed(lines)):
        path = path_line(line)
        if path is None:
            break
        found.setdefault(path)
    return tuple(found)


def comment_path(line: str) -> str | None:
    """The path that a first comment line inside a block names ("# src/a.py"). A Markdown heading is no comment."""
    if not re.match(r"\s*(?:#(?!!)|//|/\*|<!--|--|;)", line):
        return None
    path = path_line(line)
    if path is None or not _has_suffix(path) or (is_markdown(path) and line.lstrip().startswith("#")):
        return None
    return path


def info_path(info: str) -> str | None:
    """The path in an info string: "python src/a.py", "python:src/a.py", 'title="src/a.py"'."""
    if len(info) > _LONGEST:
        return None
    found = [word for word in re.split(r"[\s:=\"'{}]+", info) if _PATH.fullmatch(word) and _names_file(word)]
    return found[0].removeprefix("./") if len(found) == 1 else None


def mentions(line: str) -> tuple[str, ...]:
    """The different paths a sentence speaks of, in order."""
    if len(line) > 5 * _LONGEST:
        return ()
    quoted = [next(filter(None, groups)) for groups in _QUOTED.findall(line)]
    bare = [word.rstrip(".)!]").lstrip("([") for word in _PATH.findall(_QUOTED.sub(" ", line))]
    found = [word for word in quoted if _is_mention(word)]
    found += [word for word in bare if _is_mention(word) and ("/" in word or word[0].islower())]
    return tuple(dict.fromkeys(word.removeprefix("./") for word in found))


def is_markdown(path: str) -> bool:
    """Whether fences are an ordinary part of such a file."""
    return path.lower().endswith((".md", ".mdx", ".markdown", ".qmd", ".rmd"))


def _undecorated(text: str) -> str:
    for decoration in _DECORATION:
        text = decoration.sub("", text, count=1).strip()
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped["inner"].strip() if wrapped else text


def _sole_path(text: str, *, spaces: bool) -> bool:
    if not text or text.startswith(("//", "#")) or text.endswith(("/", "...")) or text[0] + text[-1] in ("[]", "()"):
        return False
    if spaces and " " in text and "`" not in text:
        return _has_suffix(text)
    if not _PATH.fullmatch(text):
        return False
    name = text.rsplit("/", 1)[-1]
    return (
        "/" in text.strip("/") or text.startswith("/") or _has_suffix(name) or _BARE_NAMES.fullmatch(name) is not None
    )


def _is_mention(word: str) -> bool:
    return bool(_PATH.fullmatch(word)) and not word.startswith(("//", "www.")) and _has_suffix(word)


def _names_file(word: str) -> bool:
    return _has_suffix(word) and (not word.startswith(".") or "/" in word)  # `{.python}` is a class, not a file


def _has_suffix(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    stem, dot, suffix = name.rpartition(".")
    return bool(dot) and (
        _SUFFIXES.fullmatch(suffix) is not None or (not stem and len(suffix) > 1 and suffix.isascii())
    )
