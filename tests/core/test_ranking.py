"""Who uses what, which files and definitions matter, and the map of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gitbuddy.core.ranking.definitions import wanted
from gitbuddy.core.ranking.graph import MOST_EDGES, FileFacts, Graph, build, counted
from gitbuddy.core.ranking.outline import CHARACTERS, Entry, outline
from gitbuddy.core.ranking.pagerank import rank
from gitbuddy.core.ranking.tested import under_test
from gitbuddy.core.ranking.words import parts, words


def facts(path: str, defined: Sequence[str] = (), uses: str = "", imports: Sequence[str] = ()) -> FileFacts:
    language = {"py": "python", "ts": "typescript", "js": "javascript", "go": "go"}[path.rpartition(".")[2]]
    return FileFacts(path, language, defined, uses, imports)


def edges(graph: Graph, path: str) -> dict[str, float]:
    row = graph.edges(graph.paths.index(path))
    return {graph.paths[graph.targets[edge]]: round(graph.weights[edge], 3) for edge in row}


def test_a_use_leads_to_the_file_that_defines_the_name() -> None:
    graph, users = build([facts("a/cart.py", ["total_price"]), facts("b/shop.py", uses="total_price 2 other_name 1")])

    assert edges(graph, "b/shop.py") == {"a/cart.py": 1.0}
    assert edges(graph, "a/cart.py") == {}
    assert users == {"python total_price": [1]}
    assert list(graph.uses(0)) == [("total_price", 1.0)]


def test_what_a_file_defines_itself_it_means_itself() -> None:
    graph, _ = build([facts("a.py", ["total_price"]), facts("b.py", ["total_price"], "total_price 3")])

    assert edges(graph, "b.py") == {}


@pytest.mark.parametrize(("user", "reaches"), [("x/b.js", True), ("x/b.go", False)])
def test_names_stay_within_languages_that_know_each_other(user: str, reaches: bool) -> None:
    graph, _ = build([facts("y/a.ts", ["total_price"]), facts(user, uses="total_price 1")])

    assert bool(edges(graph, user)) == reaches


def test_an_import_says_which_of_several_is_meant() -> None:
    both = [facts("a/cart.py", ["total_price"]), facts("b/basket.py", ["total_price"])]

    graph, _ = build([*both, facts("c/shop.py", uses="total_price 1", imports=["basket"])])

    assert edges(graph, "c/shop.py") == {"b/basket.py": 1.0}


def test_the_name_of_an_imported_package_is_no_use_of_a_namesake() -> None:
    named = facts("lib/errors.go", ["errors", "wrapped_error"])
    user = facts("app/main.go", uses="errors 9 wrapped_error 1", imports=["errors", "lib"])
    graph, users = build([named, user])

    assert users == {"go wrapped_error": [1]}
    assert list(graph.uses(0)) == [("wrapped_error", 1.0)]


def test_a_rare_and_made_up_name_weighs_more() -> None:
    defining = [facts("a/x.py", ["common_name"]), facts("b/y.py", ["rare_name"]), facts("c/z.py", ["name"])]
    others = [facts(f"d/{number}.py", uses="common_name 1") for number in range(20)]

    graph, _ = build([*defining, *others, facts("e/me.py", uses="common_name 1 rare_name 1 name 1")])
    found = edges(graph, "e/me.py")

    assert found["b/y.py"] > found["a/x.py"] > 0
    assert found["b/y.py"] > 4 * found["c/z.py"]


def test_a_name_that_everybody_defines_says_nothing() -> None:
    many = [facts(f"{number}/a.py", ["run_it_now"]) for number in range(40)]

    graph, _ = build([*many, facts("x/b.py", uses="run_it_now 1")])

    assert edges(graph, "x/b.py") == {}


def test_only_the_heaviest_edges_are_kept() -> None:
    many = [facts(f"{number}/a.py", [f"some_name_{number}"]) for number in range(100)]
    uses = counted({f"some_name_{number}": number + 1 for number in range(100)})

    graph, _ = build([*many, facts("x/b.py", uses=uses)])

    assert set(edges(graph, "x/b.py")) == {f"{number}/a.py" for number in range(100 - MOST_EDGES, 100)}


def chain() -> Graph:
    """a uses b, b uses c; d stands alone and is used by e."""
    graph, _ = build(
        [
            facts("1/a.py", uses="use_of_b 1"),
            facts("2/b.py", ["use_of_b"], "use_of_c 1"),
            facts("3/c.py", ["use_of_c"]),
            facts("4/d.py", ["use_of_d"]),
            facts("5/e.py", uses="use_of_d 1"),
        ]
    )
    return graph


def test_pagerank_marks_what_the_seeds_use_by_their_distance() -> None:
    a, b, c, d, e = rank(chain(), {0: 1.0})

    assert a == pytest.approx(0.2)
    assert b == pytest.approx(0.16)
    assert c == pytest.approx(0.64)
    assert d == e == 0


def test_pagerank_without_seeds_marks_nothing_and_never_more_than_one() -> None:
    assert rank(chain(), {}) == [0.0] * 5
    assert sum(rank(chain(), dict.fromkeys(range(5), 1.0))) == pytest.approx(1, abs=0.05)


def test_a_circle_comes_to_an_end() -> None:
    graph, _ = build([facts("1/a.py", ["use_of_a"], "use_of_b 1"), facts("2/b.py", ["use_of_b"], "use_of_a 1")])

    first, second = rank(graph, {0: 1.0})

    assert first > second > 0.3


def test_a_mark_is_handed_on_to_the_names_that_are_used() -> None:
    graph = chain()
    found = wanted(graph, [0.5, 0.1, 0.0, 0.0, 0.2], range(5))

    assert [name for _, (_, name) in found] == ["use_of_b", "use_of_d", "use_of_c"]
    assert found[0][0] == pytest.approx(0.5)


def test_tests_find_what_they_test_by_name_and_by_use() -> None:
    graph, _ = build(
        [
            facts("src/cart.py", ["total_price"]),
            facts("src/tax.py", ["tax_of_item"]),
            facts("tests/test_cart.py", ["helper_of_tests"], "tax_of_item 1"),
            facts("tests/test_all.py", uses="total_price 1 helper_of_tests 1"),
        ]
    )

    assert under_test(graph) == {2: (0, 1), 3: (0,)}


def test_a_test_is_for_the_namesake_next_to_it() -> None:
    graph, _ = build(
        [
            facts("tar/format.go", ["write_header_of"]),
            facts("time/format.go", ["write_time_of"]),
            facts("time/clock.go", ["tick_of_clock"]),
            facts("time/format_test.go", uses="write_header_of 1 write_time_of 1"),
            facts("time/clock_test.go", uses="write_header_of 5 tick_of_clock 1"),
        ]
    )

    assert under_test(graph) == {3: (1,), 4: (2,)}


def test_a_test_in_a_folder_of_its_own_finds_the_namesake_of_the_same_part() -> None:
    sources = [facts(f"src/{part}/store.py", [f"open_{part}_store"]) for part in ("git", "core")]
    test = facts("tests/core/test_store.py", uses="open_git_store 1 open_core_store 1")
    graph, _ = build([*sources, test])

    assert under_test(graph)[2][0] == 1


ENTRIES = [
    Entry("b.py", 9, "Cart", "def total(self)"),
    Entry("a.py", 1, "", "def first()"),
    Entry("b.py", 2, "", "class Cart"),
]
MAP = "b.py:\n     2 class Cart\n     9   def total(self)\na.py:\n     1 def first()"


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (1000, MAP),
        (0, ""),
        (len("b.py:\n     9   def total(self)\n") // CHARACTERS + 1, "b.py:\n     9   def total(self)"),
    ],
)
def test_the_map_keeps_its_budget(tokens: int, expected: str) -> None:
    assert outline(ENTRIES, tokens) == expected


@pytest.mark.parametrize("tokens", range(0, 60, 3))
def test_the_map_is_never_longer_than_its_budget(tokens: int) -> None:
    assert len(outline(ENTRIES, tokens)) <= tokens * CHARACTERS


def test_words_of_names_and_texts() -> None:
    assert parts("The totalPrice of HTTPServer items_2") == {"total", "price", "http", "server", "item"}
    assert words("src/cart.py", ["total_price"], 10) == "cart src price total"
    assert words("a.py", ["one_two", "three_four"], 2) == "four one"
