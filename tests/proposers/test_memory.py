"""What a model needs, and whether it fits: tables."""

from __future__ import annotations

from typing import Any

import pytest

from gitbuddy.proposers.inspection import shape_in
from gitbuddy.proposers.machine import Card, Machine
from gitbuddy.proposers.memory import GIB, Shape, cache_of, fit, guessed_cache, need, window_for

KIB = 1024
LLAMA3_8B = {
    "general.architecture": "llama",
    "llama.block_count": 32,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 8,
    "llama.embedding_length": 4096,
    "llama.context_length": 8192,
}
HYBRID = {
    "general.architecture": "q",
    "q.block_count": 32,
    "q.attention.head_count": 16,
    "q.attention.head_count_kv": 4,
    "q.attention.key_length": 256,
    "q.attention.value_length": 256,
    "q.full_attention_interval": 4,
    "q.context_length": 262144,
}

SHAPES: list[tuple[dict[str, Any], Shape]] = [
    (LLAMA3_8B, Shape(128 * KIB, 8192)),
    (HYBRID, Shape(8 * 4 * 512 * 2, 262144)),
    (LLAMA3_8B | {"llama.attention.head_count_kv": [8, 0] * 16}, Shape(64 * KIB, 8192)),
    ({k: v for k, v in LLAMA3_8B.items() if not k.endswith("_kv")}, Shape(512 * KIB, 8192)),
    ({"general.architecture": "llama", "llama.context_length": 4096}, Shape(0, 4096)),
    (LLAMA3_8B | {"llama.block_count": "32"}, Shape(0, 8192)),
    (LLAMA3_8B | {"llama.block_count": -1}, Shape(0, 8192)),
    (LLAMA3_8B | {"llama.block_count": True}, Shape(0, 8192)),
    (LLAMA3_8B | {"llama.context_length": 1 << 40}, Shape(128 * KIB, 0)),
    (LLAMA3_8B | {"llama.attention.head_count": 0}, Shape(0, 8192)),
    ({"general.architecture": ["llama"]}, Shape()),
    ({}, Shape()),
]


@pytest.mark.parametrize(("info", "expected"), SHAPES)
def test_a_shape_is_read_from_what_a_server_tells(info: dict[str, Any], expected: Shape) -> None:
    assert shape_in(info) == expected


def test_the_cache_is_keys_and_values_of_every_layer_that_attends() -> None:
    assert cache_of(32, (8,), 128, 128) == 2 * 32 * 8 * 128 * 2
    assert cache_of(36, (8,), 128, 128, interval=4) == 2 * 9 * 8 * 128 * 2
    assert cache_of(3, (8, 0, 8), 128, 64) == 16 * 192 * 2


@pytest.mark.parametrize(("parameters", "known"), [(1.5, 28), (4, 144), (8, 128), (14.8, 192), (32, 256)])
def test_a_guess_is_not_below_what_is_known(parameters: float, known: int) -> None:
    assert guessed_cache(parameters) >= known * KIB


def test_the_need_grows_with_weights_window_and_slots() -> None:
    base = need(4 * GIB, 128 * KIB, 8192)

    assert base == pytest.approx((4 + 1 + 0.5 + 0.2) * 1.1 * GIB)


CARD = Machine(32 * GIB, 30 * GIB, (Card("a", 8 * GIB),))
PLAIN = Machine(16 * GIB, 12 * GIB)
FITS = [
    (6, CARD, "yes"),
    (8, CARD, "yes"),
    (9, CARD, "tight"),
    (38, CARD, "tight"),
    (39, CARD, "no"),
    (12, PLAIN, "yes"),
    (13, PLAIN, "tight"),
    (14, PLAIN, "tight"),
    (15, PLAIN, "no"),
    (1, Machine(), "unknown"),
    (1, Machine(GIB, GIB), "no"),
]


@pytest.mark.parametrize(("size", "machine", "expected"), FITS)
def test_whether_it_fits_is_said_clearly(size: int, machine: Machine, expected: str) -> None:
    found = fit(size * GIB, machine)

    assert found.verdict == expected
    assert found.why


BIG_CARD = Machine(64 * GIB, 60 * GIB, (Card("a", 24 * GIB),))
WINDOWS = [
    # weights in GiB, KiB of cache per token, trained, machine, useful -> window
    (3.4, 144, 262144, BIG_CARD, 0, 32768),
    (3.4, 144, 262144, BIG_CARD, 65536, 65536),
    (3.4, 144, 262144, BIG_CARD, 16384, 16384),
    (3.4, 144, 16384, BIG_CARD, 65536, 16384),
    (3.4, 144, 20000, BIG_CARD, 0, 16384),
    (3.4, 144, 262144, PLAIN, 0, 16384),
    (3.4, 144, 262144, PLAIN, 65536, 32768),
    (3.4, 144, 262144, None, 0, 16384),
    (3.4, 144, 262144, Machine(), 0, 16384),
    (19, 200, 262144, BIG_CARD, 0, 8192),
    (19, 96, 262144, CARD, 0, 8192),
    (33, 200, 262144, CARD, 0, 0),
    (60, 200, 262144, CARD, 0, 0),
    (13, 200, 0, PLAIN, 0, 0),
    (10.5, 200, 0, PLAIN, 0, 4096),
    (1, 64, 2048, BIG_CARD, 0, 0),
    (1, 64, 4096, BIG_CARD, 0, 4096),
    (1, 64, 262144, BIG_CARD, 1, 4096),
]


@pytest.mark.parametrize(("weights", "cache", "trained", "machine", "useful", "expected"), WINDOWS)
def test_the_window_is_the_largest_that_is_of_use(
    weights: float, cache: int, trained: int, machine: Machine | None, useful: int, expected: int
) -> None:
    assert window_for(int(weights * GIB), cache * KIB, trained, machine, useful) == expected


def test_what_runs_at_the_moment_does_not_change_the_window() -> None:
    busy, idle = Machine(16 * GIB, GIB), Machine(16 * GIB, 15 * GIB)

    assert window_for(3 * GIB, 144 * KIB, 0, busy) == window_for(3 * GIB, 144 * KIB, 0, idle)
