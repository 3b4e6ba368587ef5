"""Globs over repository paths, with the words of gitignore: `*` stays inside a folder, `**` crosses folders.

A pattern without a slash matches at any depth. One that ends in a slash, or has no wildcard, also covers everything
below the folder of that name. Negation and backslash escapes are not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_glob(pattern: str) -> bool:
    """Whether the pattern holds a wildcard."""
    return any(sign in pattern for sign in "*?[")


def matches(pattern: str, path: str) -> bool:
    """Whether the pattern stands for this path (slash-separated, relative to the top of the repository)."""
    parts = pattern.strip("/").split("/")
    if len(parts) == 1 and not pattern.startswith("/"):
        parts = ["**", *parts]
    names = path.split("/")
    if pattern.endswith("/"):
        return _match([*parts, "**"], names)
    return _match(parts, names) or (not is_glob(pattern) and _match([*parts, "**"], names))


def _match(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Match component by component, going back to the last `**` on a failure: never worse than parts times names."""
    if parts and parts[-1] == "**":  # "everything inside" wants something inside
        parts = [*parts[:-1], "**", "*"]
    part = name = 0
    anchor: tuple[int, int] | None = None
    while name < len(names):
        if part < len(parts) and parts[part] == "**":
            anchor = (part, name)
            part += 1
        elif part < len(parts) and fnmatchcase(names[name], parts[part]):
            part, name = part + 1, name + 1
        elif anchor is not None:
            anchor = (anchor[0], anchor[1] + 1)
            part, name = anchor[0] + 1, anchor[1]
        else:
            return False
    return all(rest == "**" for rest in parts[part:])
