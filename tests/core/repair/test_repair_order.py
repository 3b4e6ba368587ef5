"""What is tried first: suspicion times likelihood, nothing twice, no template alone, all of it bounded."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from gitbuddy.core.repair import PRIORS, Candidate, Source, candidates, places
from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.order import MOST_PAIRED
from gitbuddy.core.repair.seen import MOST_PARSED, Seen
from gitbuddy.core.repair.templates import TEMPLATES

SOURCE = """\
def f(a, b):
    x = a - 1
    if x < b:
        return x * b
    return [y for y in range(b) if y > a]
"""


def tried(text: str = SOURCE, most: int = 5000, first: int | None = 1500) -> list[Candidate]:
    source = Source("a.py", text.encode())
    return list(islice(candidates({"a.py": source}, places(source), most=most), first))


def test_every_template_has_a_prior_and_every_prior_a_template() -> None:
    assert set(PRIORS) == set(TEMPLATES)


def test_scores_fall_and_the_order_is_always_the_same() -> None:
    first, second = tried(), tried()

    assert [one.edits for one in first] == [one.edits for one in second]
    assert [one.score for one in first] == sorted((one.score for one in first), reverse=True)


def test_the_most_suspicious_line_comes_first() -> None:
    source = Source("a.py", SOURCE.encode())

    found = candidates({"a.py": source}, places(source, {2: 0.1, 3: 0.9}))

    first = list(islice(found, 10))
    assert {one.place.line for one in first} == {3}
    assert {one.place.line for one in islice(found, 2000) if "+" not in one.template} == {2, 3}


def test_a_line_that_nobody_suspects_is_not_touched() -> None:
    source = Source("a.py", SOURCE.encode())

    assert {place.line for place in places(source, {3: 0.5})} == {3}


def test_no_program_is_tried_twice() -> None:
    texts = [one.applied(SOURCE) for one in tried()]

    assert len(texts) == len(set(texts))
    assert SOURCE not in texts


def test_layout_and_parentheses_make_no_new_program() -> None:
    source = Source("a.py", b"def f(a):\n    return a < 1\n")
    seen = Seen(source)
    place = source.text.index("a < 1")

    assert not seen.is_new((Replacement(place, place + 5, "(a < 1)"),))
    assert seen.is_new((Replacement(place, place + 5, "a <= 1"),))
    assert not seen.is_new((Replacement(place, place + 5, "( a <= (1) )  # so"),))
    assert not seen.is_new((Replacement(place, place + 5, "a <= "),))


def test_a_template_of_many_edits_starves_no_other() -> None:
    calls = "".join(f"    g({number}, {number + 1}, {number + 2})\n" for number in range(10, 70))
    text = f"def f(a, b):\n{calls}    return sum(a) - sum(b)\n"

    first = Counter(one.template for one in tried(text, most=40_000, first=150))

    assert {"constants", "dropped", "arguments", "siblings", "arithmetic", "names"} <= set(first)


def test_two_places_are_mended_at_once() -> None:
    wanted = SOURCE.replace("a - 1", "a + 1").replace("x < b", "x <= b")

    assert wanted in [one.applied(SOURCE) for one in tried() if "+" in one.template]


def test_one_name_is_changed_everywhere() -> None:
    text = "def f(a, b):\n    x = a + 1\n    y = a * 2\n    return a\n"

    everywhere = [one.applied(text) for one in tried(text) if "everywhere" in one.template]

    assert "def f(a, b):\n    x = b + 1\n    y = b * 2\n    return b\n" in everywhere


def test_repairs_of_two_files_do_not_mix() -> None:
    sources = {name: Source(name, SOURCE.encode()) for name in ("a.py", "b.py")}
    suspects = [*places(sources["a.py"]), *places(sources["b.py"])]

    first = Counter(one.place.path for one in islice(candidates(sources, suspects), 300))

    assert min(first["a.py"], first["b.py"]) > 100


def test_a_function_of_5000_lines_is_bounded() -> None:
    block = (
        "    if a < {0} and b[{0}] != c:\n        x{0} = min(a + {0}, b[a:{0}])\n        c.append(x{0})\n    print(a)\n"
    )
    text = "def f(a, b, c):\n" + "".join(block.format(number) for number in range(1250)) + "    return a\n"
    source = Source("a.py", text.encode())

    suspects = places(source)
    found = tried(text, most=2000, first=None)

    assert len(suspects) == 200
    assert 500 < len(found) < 2000 + MOST_PAIRED * (MOST_PAIRED - 1) / 2 + 2000
    parts = [Seen(source).part(edit) for one in found[::500] for edit in one.edits]
    assert max(part.end - part.start for part in parts) <= MOST_PARSED


def test_what_is_tried_of_a_long_statement_differs_from_it() -> None:
    text = "def f(a):\n" + "    a = 1\n" * 4000 + "    if a > 1:\n        return a + 1\n"
    source = Source("a.py", text.encode())

    found = list(candidates({"a.py": source}, places(source, {4002: 1.0, 4003: 0.5})))

    assert len({one.applied(text) for one in found} | {text}) == len(found) + 1
