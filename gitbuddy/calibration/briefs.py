"""Fixtures as briefs, worded as those of real tasks, and the needle: a fact far away from where it is needed.

What fills the window is made up here, always the same for the same window, so that the needles of one window share a
prompt up to its last lines and a server that keeps prefixes reads it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from gitbuddy.calibration.fixtures import Fixture
from gitbuddy.core import prompt
from gitbuddy.core.packing import Packed
from gitbuddy.values import Brief, Kind, Mounts, Origin, SourceFile, Task, Tier

NOWHERE = Path("/nonexistent")
DEPTHS = (0.9, 0.5, 0.1)
"""Where the fact stands, from the beginning (0) to the end (1) of what fills the window."""
SLACK = 96
"""Tokens that a chat template may add to a prompt."""
PLACES = ("north", "harbour", "river", "castle", "market", "garden", "bridge", "tower", "mill", "forest", "island")
GOODS = ("apple", "barley", "copper", "timber", "salt", "wool", "glass", "paper", "honey", "linen", "cheese", "oil")

Count = Callable[[str], int]
"""How many tokens a text is."""


def brief_of(fixture: Fixture, tier: Tier, sample: int = 0) -> Brief:
    """The brief that the engine would make of such a task at its first attempt."""
    origin = Origin("cli", key="calibration")
    task = Task(Kind.CHANGE, fixture.text, "0" * 40, origin, files=(fixture.path,), slug=fixture.name)
    files = (*fixture.shown, SourceFile(fixture.path, fixture.before))
    system, words = prompt.system(task, tier.format), prompt.prompt(task, Packed(files), ())
    return Brief(task, tier, system, words, files, Mounts(NOWHERE, NOWHERE), sample=sample)


def needles(tier: Tier, count: Count) -> tuple[Fixture, ...]:
    """One fixture for each depth, all with the same files, which fill the tier's window as far as a task may."""
    room = tier.window - tier.max_output - tier.max_thinking - SLACK
    number = max(1, (room - _tokens(0, tier, count)) // max(1, count(_filler(tier.window, 0))))
    while number > 1 and _tokens(number, tier, count) > room:
        number -= 1 + number // 20
    return tuple(_needle(tier.window, number, depth) for depth in DEPTHS)


def _tokens(number: int, tier: Tier, count: Count) -> int:
    brief = brief_of(_needle(tier.window, number, 0.5), tier)
    return count(brief.system) + count(brief.prompt)


def _needle(window: int, number: int, depth: float) -> Fixture:
    fillers = tuple(SourceFile(_path(index), _filler(window, index).encode()) for index in range(number))
    index = min(number - 1, int(number * depth)) if number else 0
    name = f"{_name(index)}_CEILING".upper()
    text = f"Set LIMIT in src/limits.py to the number that {name} has in another file. Write it as a number."
    after = (f"LIMIT = {_ceiling(window, index)}\n".encode(),)
    return Fixture(f"needle-{depth:g}", text, "src/limits.py", b"LIMIT = 0\n", after, shown=fillers)


def _filler(window: int, index: int) -> str:
    name = _name(index)
    first, second = _number(f"{window} first {index}", 900), _number(f"{window} second {index}", 90)
    return f'''"""What is kept at {name}, and what it costs."""

{name.upper()}_CEILING = {_ceiling(window, index)}


def {name}_price(amount):
    """The price of so much of it, with the fee for storing it."""
    fee = {second} if amount > {first} else {second + 3}
    return amount * {first} + fee


def {name}_is_full(amount):
    return amount >= {name.upper()}_CEILING
'''


def _path(index: int) -> str:
    return f"src/stock/{_name(index)}.py"


def _name(index: int) -> str:
    place, good = PLACES[index % len(PLACES)], GOODS[index // len(PLACES) % len(GOODS)]
    turn = index // (len(PLACES) * len(GOODS))
    return f"{place}_{good}" + (f"_{turn}" if turn else "")


def _ceiling(window: int, index: int) -> int:
    """A number that nobody guesses: four digits that follow the window and the file."""
    return 1000 + _number(f"{window} ceiling {index}", 9000)


def _number(seed: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % below + 1
