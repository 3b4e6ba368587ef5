"""A GGUF file, as far as its first bytes tell: enough to refuse what is none before anything loads it.

The layout is that of ggml's `docs/gguf.md`: magic, version, counts, then pairs of a name and a typed value.
"""

from __future__ import annotations

import hashlib
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.memory import cache_of

MAGIC = b"GGUF"
VERSIONS = (2, 3)
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Types of values by their number, as `struct` names them."""
TEXT, LIST = 8, 9
MOST_PAIRS = 4096
LONGEST_TEXT = 1 << 20
LONGEST_LIST = 4096
"""Items. A longer list is a vocabulary, and those come after everything that is looked for."""
LONGEST_HEAD = 16 << 20
"""Bytes that are looked at: what is looked for stands in the first few thousand."""
SAMPLE = 1 << 20
"""Bytes at either end of the file that its digest is made from."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """`size` in bytes, `trained` the window in tokens, `per_token` the bytes of cache for one; 0 not told.

    `digest` stands for the size and both ends of the file: reading all of it would take as long as loading it.
    """

    path: Path
    size: int
    digest: str
    architecture: str = ""
    trained: int = 0
    per_token: int = 0


def read(path: Path) -> ModelFile:
    """Look at the file. Raises `ModelUnavailable`, in a sentence, for what cannot be a model."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for its other end
            raise _unreadable(path)
        with path.open("rb") as file:
            return _described(file, path, status.st_size)
    except OSError as error:
        raise _unreadable(path) from error


def _described(file: BinaryIO, path: Path, size: int) -> ModelFile:
    if file.read(4) != MAGIC:
        hint = "set the tier's model to a file that ends in .gguf and was downloaded whole; other formats are not read"
        raise ModelUnavailable(f"this is not a GGUF file: {path}", hint)
    try:
        version, _tensors, pairs = struct.unpack("<IQQ", _exactly(file, 20))
        if version not in VERSIONS or pairs > MOST_PAIRS:
            raise ValueError(f"version {version}")  # noqa: TRY301 -- one sentence for every head that cannot be read
        facts = dict(_pairs(file, pairs))
    except (ValueError, struct.error) as error:
        hint = "download it again; it may have been cut short, or be older than llama.cpp still reads"
        raise ModelUnavailable(f"the head of this GGUF file cannot be read: {path}", hint) from error
    architecture = facts.get("general.architecture")
    name = architecture if isinstance(architecture, str) else ""
    about = {key.removeprefix(f"{name}."): value for key, value in facts.items() if key.startswith(f"{name}.")}
    return ModelFile(path, size, _digest(file, size), name, _number(about.get("context_length")), _cache(about))


def _pairs(file: BinaryIO, count: int) -> Iterator[tuple[str, Any]]:
    for _ in range(count):
        name = _text(file)
        if name.startswith("tokenizer."):
            return
        yield name, _value(file, *struct.unpack("<I", _exactly(file, 4)))


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == TEXT:
        return _text(file)
    if kind == LIST:
        of, count = struct.unpack("<IQ", _exactly(file, 12))
        if count > LONGEST_LIST or of == LIST:
            raise ValueError("a list without end, or one of lists")
        return [_value(file, of) for _ in range(count)]
    if kind not in NUMBERS:
        raise ValueError(f"a value of no known type: {kind}")
    form = f"<{NUMBERS[kind]}"
    return struct.unpack(form, _exactly(file, struct.calcsize(form)))[0]


def _text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", _exactly(file, 8))
    if length > LONGEST_TEXT:
        raise ValueError("a text without end")
    return _exactly(file, length).decode("utf-8", "replace")


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count or file.tell() > LONGEST_HEAD:
        raise ValueError("the file ends too early, or its head never does")
    return data


def _cache(about: dict[str, Any]) -> int:
    """Bytes of cache for each token of the window; 0 where the file does not tell."""
    layers, heads = _number(about.get("block_count")), _number(about.get("attention.head_count"))
    told = about.get("attention.head_count_kv", heads)
    kv_heads = tuple(_number(each) for each in told) if isinstance(told, list) else (_number(told),)
    head = _number(about.get("embedding_length")) // heads if heads else 0
    key = _number(about.get("attention.key_length")) or head
    return cache_of(layers, kv_heads, key, _number(about.get("attention.value_length")) or head)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31 else 0


def _digest(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256(f"{size}\0".encode())
    for start in (0, max(0, size - SAMPLE)):
        file.seek(start)
        digest.update(file.read(SAMPLE))
    return digest.hexdigest()


def _unreadable(path: Path) -> ModelUnavailable:
    return ModelUnavailable(f"the model file cannot be read: {path}", "set the tier's model to the path of a GGUF file")
