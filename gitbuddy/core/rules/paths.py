"""Forms of paths that no patch may have: they leave the tree, reach into `.git`, or mean something else elsewhere.

After git's own `verify_path` (path.c, utf8.c), stricter: git on Linux lets most of the second half in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gitbuddy.core.rules.characters import is_control, is_invisible

_LONGEST_NAME = 255
_LONGEST_PATH = 1_024
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:[.:].*)?", re.IGNORECASE)
_SHORT_GIT = re.compile(r"gi[^~]{0,4}~[0-9]+", re.IGNORECASE)
_UNPORTABLE = frozenset('<>"|?*')
_ANY_SPACE = re.compile(r"[^\S ]")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of path. `applies` recognises it, `words` say what is wrong; a `tracked` path may keep it if `spared`."""

    applies: Callable[[str], bool]
    words: str
    spared: bool = False


def _names(path: str) -> list[str]:
    return path.split("/")


def _is_dotgit(name: str) -> bool:
    """`.git` in the spellings that HFS+ and NTFS take for it (git's is_hfs_dotgit and is_ntfs_dotgit)."""
    seen = "".join(char for char in name if not is_invisible(char))
    plain = unicodedata.normalize("NFKC", re.split(r"[:\\]", seen)[0]).rstrip(". ").casefold()
    return plain == ".git" or _SHORT_GIT.fullmatch(plain) is not None


def _is_long(path: str) -> bool:
    sizes = [len(name.encode("utf-8", "surrogatepass")) for name in _names(path)]
    return max(sizes) > _LONGEST_NAME or sum(sizes) + len(sizes) > _LONGEST_PATH


FORMS: Mapping[str, Form] = {
    "path-empty": Form(lambda path: not path.strip(), "is empty"),
    "path-control": Form(lambda path: any(map(is_control, path)), "has a control character in it"),
    "path-git": Form(lambda path: any(map(_is_dotgit, _names(path))), "reaches into git's own folder"),
    "path-backslash": Form(lambda path: "\\" in path, "has a backslash in it; write / between folders"),
    "path-absolute": Form(lambda path: path.startswith(("/", "~/")), "is absolute"),
    "path-parent": Form(lambda path: not {"", ".", ".."}.isdisjoint(_names(path)), "has an empty, `.` or `..` part"),
    "path-drive": Form(lambda path: ":" in path, "has a colon in it, which is a drive or a stream on Windows", True),
    "path-hidden": Form(
        lambda path: any(map(is_invisible, path)) or _ANY_SPACE.search(path) is not None,
        "has an invisible character in it",
        True,
    ),
    "path-device": Form(
        lambda path: any(map(_DEVICE.fullmatch, _names(path))), "is the name of a device on Windows", True
    ),
    "path-trailing": Form(
        lambda path: any(name != name.rstrip(". ") or name != name.lstrip() for name in _names(path)),
        "has a part that begins with a space or ends with a dot or a space",
        True,
    ),
    "path-unportable": Form(
        lambda path: not _UNPORTABLE.isdisjoint(path), 'has one of the characters < > " | ? * in it', True
    ),
    "path-option": Form(lambda path: path.startswith("-"), "begins like an option of a command", True),
    "path-long": Form(_is_long, f"is longer than {_LONGEST_NAME} bytes in a part or {_LONGEST_PATH} in all", True),
}
"""By reason code, in the order in which they are looked for. A spared form is fine for a file that is there already."""


def is_readable(path: str) -> bool:
    """Whether a path can name a tracked file at all, so that looking it up is safe."""
    return not any(form.applies(path) for form in FORMS.values() if not form.spared)


def shown(path: str) -> str:
    """A path in printable ASCII of bounded length, for messages and prompts."""
    text = "".join(char if " " <= char <= "~" else char.encode("unicode_escape").decode() for char in path[:200])
    return text + ("..." if len(path) > 200 else "")


def parents(path: str) -> tuple[str, ...]:
    """The folders above a path, the top one first: "a/b/c" has "a" and "a/b"."""
    names = _names(path)
    return tuple("/".join(names[:count]) for count in range(1, len(names)))


def folded(path: str) -> str:
    """The path as a disk sees it that folds case and Unicode normal forms; equal for two that collide there."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
