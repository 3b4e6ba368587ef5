"""A task as people and programs write it: Markdown with YAML front matter, or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import yaml

from gitbuddy.errors import UsageError
from gitbuddy.values import Kind, Origin, Task

FOLDER: Final = ".buddy/tasks"
LIMIT: Final = 50_000
LONGEST_HEAD: Final = 16_384
DEEPEST: Final = 4
MOST_ITEMS: Final = 500
HEAD_KEYS: Final = ("kind", "files", "needs", "accept", "tier", "checks")
ALIASES: Final[Mapping[str, str]] = {"description": "text", "filesOwned": "files", "id": "slug"}
JSON_KEYS: Final = (*HEAD_KEYS, "text", "slug", *ALIASES)
HINT: Final = "see docs/reference/tasks.md for the form of a task"

Source = Literal["cli", "json", "file", "trailer"]


def read_task(text: bytes, *, base: str, source: Source, place: str, slug: str = "", limit: int = LIMIT) -> Task:
    """Read one task. `place` names where it stands in messages; `limit` is the longest text in characters.

    `UsageError` for whatever is no task: other keys, other types, no text, too much text, broken YAML, JSON or UTF-8.
    """
    if len(text) > 4 * limit + LONGEST_HEAD:
        raise _wrong(place, f"it is too long: {len(text)} bytes", f"keep a task under {limit} characters")
    try:
        decoded = text.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _wrong(place, f"it is not UTF-8: byte {error.start}", "save the file as UTF-8") from error
    raw = _from_json(decoded, place) if decoded.lstrip()[:1] in ("{", "[") else _from_markdown(decoded, place)
    name = slug or _string(raw.get("slug"), "slug", place)
    return make_task(raw, base=base, source=source, place=place, slug=name, limit=limit)


def make_task(
    raw: Mapping[str, Any], *, base: str, source: Source, place: str, slug: str = "", limit: int = LIMIT
) -> Task:
    """Build a task from plain values under the names of a `Task`'s fields."""
    words = _string(raw.get("text"), "text", place).strip()
    if not words:
        raise _wrong(place, "it has no text", "say in a sentence what is to be done")
    if len(words) > limit:
        raise _wrong(place, f"its text is too long: {len(words)} characters", f"keep it under {limit}")
    if "\0" in words:
        raise _wrong(place, "its text has a NUL character in it", HINT)
    key = {"file": slug, "trailer": ""}.get(source, base)
    return Task(
        kind=_kind(raw.get("kind"), place),
        text=words,
        base=base,
        origin=Origin(source, key, place),
        files=tuple(_path(item, place) for item in _strings(raw.get("files"), "files", place)),
        needs=_strings(raw.get("needs"), "needs", place),
        accept=_strings(raw.get("accept"), "accept", place),
        tier=_string(raw.get("tier"), "tier", place) or None,
        checks=_strings(raw.get("checks"), "checks", place),
        slug=slug,
    )


def _from_json(text: str, place: str) -> Mapping[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise _wrong(place, f"a key stands twice: {twice}", "keep one of them")
        return dict(pairs)

    try:
        raw: Any = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise _wrong(place, f"it is not valid JSON: {error}", HINT) from error
    if not isinstance(raw, dict):
        raise _wrong(place, "it is not a JSON object", HINT)
    _refuse_unknown(raw, JSON_KEYS, place)
    named = {ALIASES.get(key, key): value for key, value in raw.items()}
    if len(named) != len(raw):
        raise _wrong(place, "it says the same under two names", "use either text or description, files or filesOwned")
    return named


def _from_markdown(text: str, place: str) -> Mapping[str, Any]:
    if not text.startswith("---\n"):
        return {"text": text}
    head, found, body = f"{text[3:]}\n".partition("\n---\n")
    if not found:
        raise _wrong(place, "its front matter has no end", "close it with a line of three dashes")
    raw = _yaml(head, place)
    _refuse_unknown(raw, HEAD_KEYS, place)
    return {**raw, "text": body}


def _yaml(head: str, place: str) -> Mapping[str, Any]:
    if len(head) > LONGEST_HEAD:
        raise _wrong(place, f"its front matter is too long: {len(head)} characters", f"keep it under {LONGEST_HEAD}")
    try:
        _refuse_tricks(head, place)
        raw = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _wrong(place, f"its front matter is not valid YAML: {' '.join(str(error).split())}", HINT) from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise _wrong(place, "its front matter is not a list of keys and values", "write lines such as `kind: fix`")
    return raw


def _refuse_tricks(head: str, place: str) -> None:
    """Refuse, before any value is built, what no task needs: aliases (they grow), deep nesting, a key given twice."""
    depth, keys, key_next = 0, [], True
    for event in yaml.parse(head, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _wrong(place, "its front matter has a YAML alias", "write the value out")
        if depth == 1 and isinstance(event, yaml.NodeEvent):
            keys += [event.value] if key_next and isinstance(event, yaml.ScalarEvent) else []
            key_next = not key_next
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _wrong(place, "its front matter is nested too deep", HINT)
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise _wrong(place, f"a key stands twice: {twice}", "keep one of them")


def _refuse_unknown(raw: Mapping[str, Any], known: Sequence[str], place: str) -> None:
    unknown = [str(key) for key in raw if key not in known]
    if unknown:
        raise _wrong(place, f"an unknown key: {unknown[0]}", f"keys of a task: {', '.join(known)}")


def _kind(value: Any, place: str) -> Kind:
    if value is None:
        return Kind.CHANGE
    try:
        return Kind(value)
    except ValueError as error:
        raise _wrong(place, f"an unknown kind: {value}", f"kinds: {', '.join(Kind)}") from error


def _string(value: Any, key: str, place: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise _wrong(place, f"{key} is not a string: {value!r:.60}", HINT)


def _strings(value: Any, key: str, place: str) -> tuple[str, ...]:
    """A list of strings, or one string with commas or blanks between the names."""
    items = value.replace(",", " ").split() if isinstance(value, str) else value if value is not None else []
    if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
        raise _wrong(place, f"{key} is not a list of strings: {value!r:.60}", HINT)
    if len(items) > MOST_ITEMS:
        raise _wrong(place, f"{key} has too many entries: {len(items)}", f"name at most {MOST_ITEMS}")
    return tuple(item.strip() for item in items)


def _path(item: str, place: str) -> str:
    path = item.removeprefix("./")
    if path.startswith("/") or "\\" in path or any(ord(c) < 32 for c in path) or ".." in path.split("/"):
        raise _wrong(place, f"not a path inside the repository: {item}", "name files relative to the top, with slashes")
    return path


def _wrong(place: str, words: str, hint: str) -> UsageError:
    return UsageError(f"task {place}: {words}", hint)
