"""What is read of a GGUF file, and what is refused before anything loads it."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.gguf_file import read


def test_the_head_tells_the_shape(tiny: Path) -> None:
    found = read(tiny)

    assert (found.architecture, found.trained, found.size) == ("llama", 1 << 17, tiny.stat().st_size)
    assert found.per_token == 2 * 64 * 2  # keys and values of one layer of 64 numbers, two bytes each


def test_the_digest_follows_both_ends(tiny: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    data = tiny.read_bytes()
    other.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    assert read(tiny).digest != read(other).digest
    assert read(tiny).digest == read(tiny).digest


def head(version: int = 3, pairs: int = 1, rest: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, 0, pairs) + rest


def pair(name: str, kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", len(name)) + name.encode() + struct.pack("<I", kind) + value


ENDLESS = struct.pack("<IQ", 0, 1 << 60)
LONG = struct.pack("<Q", 1 << 20) + b"x" * (1 << 20)
BROKEN: list[tuple[str, bytes, str]] = [
    ("empty", b"", "this is not a GGUF file"),
    ("text", b"not a model at all", "this is not a GGUF file"),
    ("another format", b"PK\x03\x04" + b"\0" * 40, "this is not a GGUF file"),
    ("only the magic", b"GGUF", "cannot be read"),
    ("older than anything reads", head(version=1), "cannot be read"),
    ("too many pairs", head(pairs=1 << 40), "cannot be read"),
    ("cut in a name", head(rest=struct.pack("<Q", 50) + b"gen"), "cannot be read"),
    ("a text without end", head(rest=struct.pack("<Q", 1 << 62)), "cannot be read"),
    ("a list without end", head(rest=pair("a", 9, ENDLESS)), "cannot be read"),
    ("lists of lists", head(rest=pair("a", 9, struct.pack("<IQ", 9, 1) * 20_000)), "cannot be read"),
    ("a head without end", head(pairs=20, rest=pair("a", 8, LONG) * 20), "cannot be read"),
    ("a value of no type", head(rest=pair("a", 99, b"")), "cannot be read"),
]


@pytest.mark.parametrize(("name", "data", "words"), BROKEN, ids=[row[0] for row in BROKEN])
def test_what_is_no_model_is_refused_in_a_sentence(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(data)

    with pytest.raises(ModelUnavailable, match=words) as caught:
        read(tmp_path / "m.gguf")

    assert caught.value.message.endswith(str(tmp_path / "m.gguf"))
    assert caught.value.hint


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.gguf"):
        with pytest.raises(ModelUnavailable, match="cannot be read"):
            read(path)


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ModelUnavailable, match="cannot be read"):
        read(tmp_path / "pipe")


def test_lists_and_sizes_that_are_not_told_count_as_nothing(tmp_path: Path) -> None:
    told = pair("general.architecture", 8, struct.pack("<Q", 1) + b"x")
    told += pair("x.block_count", 4, struct.pack("<I", 2))
    told += pair("x.attention.head_count_kv", 9, struct.pack("<IQ", 4, 2) + struct.pack("<II", 1, 3))
    told += pair("x.attention.key_length", 4, struct.pack("<I", 10))
    told += pair("x.attention.value_length", 4, struct.pack("<I", 6))
    (tmp_path / "m.gguf").write_bytes(head(pairs=9, rest=told + pair("tokenizer.x", 9, ENDLESS)))

    found = read(tmp_path / "m.gguf")

    assert (found.trained, found.per_token) == (0, (1 + 3) * (10 + 6) * 2)
