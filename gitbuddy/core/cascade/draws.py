"""Random draws that can be repeated: the numbers come from a text, so the same decision is made again and explained."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator


def uniforms(seed: str) -> Iterator[float]:
    """Numbers between 0 and 1, both excluded, without end; always the same for the same seed."""
    block = 0
    while True:
        digest = hashlib.sha256(f"{seed}\0{block}".encode("utf-8", "backslashreplace")).digest()
        for start in range(0, 32, 8):
            yield ((int.from_bytes(digest[start : start + 8], "big") >> 12) + 0.5) / 2**52
        block += 1


def beta(a: float, b: float, numbers: Iterator[float]) -> float:
    """A draw from Beta(a, b): the share that one of two gamma draws has of both."""
    one, other = gamma(a, numbers), gamma(b, numbers)
    return one / (one + other) if one + other > 0 else a / (a + b)


def gamma(shape: float, numbers: Iterator[float]) -> float:
    """A draw from Gamma(shape, 1), by the method of Marsaglia and Tsang (2000)."""
    if shape < 1:
        return gamma(shape + 1, numbers) * math.exp(math.log(next(numbers)) / shape)
    d = shape - 1 / 3
    while True:
        normal = math.sqrt(-2 * math.log(next(numbers))) * math.cos(2 * math.pi * next(numbers))
        v = (1 + normal / math.sqrt(9 * d)) ** 3
        if v > 0 and math.log(next(numbers)) < normal * normal / 2 + d - d * v + d * math.log(v):
            return d * v
