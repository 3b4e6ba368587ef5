"""What several fixes do that all pass the tests: which behave alike, and which input tells them apart.

Judges the answer of `checks/inside/gitbuddy_probe.py`, which comes from beside the fixes and so is not trusted.
"""

from __future__ import annotations

import json
from ast import literal_eval
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile

BASE = "base"
NEVER, GONE, UNTRIED = "does not end", "ends the process", "not run"
GIVES = "gives "
MOST_INPUTS = 2_000
MOST_VARIANTS = 100
MOST_CHARS = 5_000
"""Characters of one call or outcome that are accepted."""
MOST_BYTES = 32_000_000
MOST_SHOWN = 60
"""Characters of one call or value in a sentence."""


@dataclass(frozen=True, slots=True)
class Input:
    """A call as text. `recorded`: a test makes it; `passing`: and no failing one does."""

    call: str
    recorded: bool = False
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """An input on which two groups of variants differ, and what each of the two gives."""

    input: Input
    outcomes: tuple[str, str]

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """The better, the lower."""
        is_odd = not all(map(_is_value, self.outcomes))
        given = self.input
        return _is_equal(*self.outcomes), not given.recorded, is_odd, len(given.call), given.call


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the file as it was (`base`) and each variant did, one outcome for each input, in their order."""

    inputs: tuple[Input, ...]
    outcomes: Mapping[str, tuple[str, ...]]
    skipped: tuple[str, ...] = ()

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Variants that behave alike wherever both were seen to end, in the order in which they came."""
        found: list[list[str]] = []
        for name in self.outcomes:
            if name != BASE:
                alike = (group for group in found if not any(self._tells(name, other) for other in group))
                group = next(alike, None)
                if group is None:
                    found.append([name])
                else:
                    group.append(name)
        return tuple(map(tuple, found))

    def telling(self, one: str, other: str) -> Telling | None:
        """The best input that tells two variants apart; None when they are alike.

        One whose values are not equal (0 and 0.0 are), then one that a test makes, then one that neither raises on,
        then the shortest call.
        """
        apart = self._tells(one, other)
        found = (Telling(self.inputs[at], (self.outcomes[one][at], self.outcomes[other][at])) for at in apart)
        return min(found, key=lambda telling: telling.rank, default=None)

    def pairs(self) -> Mapping[tuple[str, str], Telling]:
        """For each two groups, by their first variants, the best input that tells those apart."""
        firsts = [group[0] for group in self.groups()]
        found = {pair: self.telling(*pair) for pair in combinations(firsts, 2)}
        return {pair: telling for pair, telling in found.items() if telling}

    def kept(self, variant: str) -> int:
        """On how many inputs of passing tests alone a variant does what the base does."""
        return sum(
            own == base != UNTRIED
            for given, own, base in zip(self.inputs, self.outcomes[variant], self.outcomes[BASE], strict=True)
            if given.recorded and given.passing
        )

    def _tells(self, one: str, other: str) -> Sequence[int]:
        both = enumerate(zip(self.outcomes[one], self.outcomes[other], strict=True))
        return [at for at, (own, another) in both if own != another and UNTRIED not in (own, another)]


def read(text: str) -> Behaviour:
    """The answer of a probe. Raises ValueError for what is none, or too much."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"the answer is too long: {len(text)} characters")
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("the answer nests too deeply") from error
    answer = _mapping(value, {"inputs", "outcomes", "skipped"})
    inputs = tuple(_input(one) for one in _list(answer["inputs"], MOST_INPUTS))
    outcomes = answer["outcomes"]
    if not isinstance(outcomes, dict) or BASE not in outcomes or len(outcomes) > MOST_VARIANTS:
        raise ValueError("outcomes are not by variant and base")
    found = {_text(name): tuple(map(_text, _list(own, MOST_INPUTS))) for name, own in outcomes.items()}
    if any(len(own) != len(inputs) for own in found.values()):
        raise ValueError("there is not one outcome for each input")
    return Behaviour(inputs, found, tuple(map(_text, _list(answer["skipped"], MOST_INPUTS))))


def sentence(behaviour: Behaviour, chosen: str) -> str:
    """One line that says how the chosen variant differs from the others; empty when no input tells them apart.

    `2 different fixes pass your tests; an input that tells them apart: f([1, 2]) gives 3 with this one, 4 with another`
    """
    groups = behaviour.groups()
    own = next((group for group in groups if chosen in group), None)
    if own is None:
        raise ValueError(f"not a variant: {chosen}")
    found = [behaviour.telling(chosen, group[0]) for group in groups if group is not own]
    best = min(filter(None, found), key=lambda one: one.rank, default=None)
    if best is None:
        return ""
    this, another = map(_verb, _shortened(*best.outcomes))
    if this.startswith(GIVES):
        another = another.removeprefix(GIVES)
    return (
        f"{len(groups)} different fixes pass your tests; an input that tells them apart: "
        f"{_shortened(best.input.call)[0]} {this} with this one, {another} with another"
    )


def _is_equal(one: str, other: str) -> bool:
    """Whether two outcomes are equal all the same, as far as they can be read."""
    try:
        return bool(literal_eval(one) == literal_eval(other))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return False


def _is_value(outcome: str) -> bool:
    return not outcome.startswith("raises ") and outcome not in (NEVER, GONE)


def _verb(outcome: str) -> str:
    return f"{GIVES}{outcome}" if _is_value(outcome) else outcome


def _shortened(*texts: str) -> tuple[str, ...]:
    """Texts of one line, cut, but so that where they differ is left."""
    plain = ["".join(char if char.isprintable() else " " for char in text) for text in texts]
    same = sum(1 for _ in takewhile(lambda chars: len(set(chars)) == 1, zip(*plain, strict=False)))
    same = same if len(plain) > 1 else 0
    start = max(0, same - MOST_SHOWN // 2) if same > MOST_SHOWN - 20 else 0
    return tuple(_cut(text, start) for text in plain)


def _cut(text: str, start: int) -> str:
    end = start + MOST_SHOWN
    return f"{'...' if start else ''}{text[start:end]}{'...' if len(text) > end else ''}"


def _input(value: object) -> Input:
    fields = _mapping(value, {"call", "recorded", "passing"})
    recorded, passing = fields["recorded"], fields["passing"]
    if not isinstance(recorded, bool) or not isinstance(passing, bool):
        raise ValueError("an input says neither yes nor no")  # noqa: TRY004
    return Input(_text(fields["call"]), recorded, passing)


def _mapping(value: object, keys: set[str]) -> dict[str, object]:
    if not isinstance(value, dict) or set(value) != keys:
        raise ValueError(f"not a mapping of {', '.join(sorted(keys))}")
    return value


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"not a list of at most {most}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARS:
        raise ValueError(f"not a text of at most {MOST_CHARS} characters")
    return value
