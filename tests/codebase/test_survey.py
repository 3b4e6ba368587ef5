"""One commit, surveyed: from blobs, and only from those that are new."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitbuddy.codebase import survey as module
from gitbuddy.codebase.parsers import TOOK_TOO_MUCH
from gitbuddy.codebase.store import Store
from gitbuddy.codebase.survey import report, sources, survey
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def told(builder: RepoBuilder, cache: Path, commit: str = "HEAD") -> dict[str, object]:
    repo = Repo.open(builder.path)
    with Store(cache) as store:
        return dict(report(repo, repo.resolve(commit), store))


def names(found: dict[str, object]) -> list[str]:
    symbols = found["symbols"]
    assert isinstance(symbols, list)
    return [symbol["name"] for symbol in symbols]


def forge(cache: Path, builder: RepoBuilder, path: str, before: bytes, after: bytes) -> None:
    """Change what is remembered of a file, in a way that only reading the file again would undo."""
    repo = Repo.open(builder.path)
    found, _ = sources(repo, repo.head())
    (key,) = (source.key for source in found if source.path == path)
    with Store(cache) as store:
        data = store.blobs([key])[key]
        assert before in data
        store.add_blobs([(key, data.replace(before, after))])


def test_the_report_of_a_small_project(shop: RepoBuilder, cache: Path) -> None:
    found = told(shop, cache)

    assert found["files"] == 6
    assert found["languages"] == [{"language": "python", "files": 4, "lines": 18, "bytes": 267}]
    assert found["tests"] == [{"path": "tests/test_cart.py", "tests": ["src/shop/cart.py"]}]
    assert names(found) == ["tax_of", "total_price"]
    assert found["passedOver"] == []


def test_who_uses_a_symbol(shop: RepoBuilder, cache: Path) -> None:
    symbols = told(shop, cache)["symbols"]
    assert isinstance(symbols, list)
    first = symbols[0]
    del first["rank"]

    assert first == {
        "name": "tax_of",
        "kind": "function",
        "path": "src/shop/tax.py",
        "first": 3,
        "last": 4,
        "scope": "",
        "signature": "def tax_of(items)",
        "users": 1,
        "usedBy": ["src/shop/cart.py"],
    }


def test_a_second_scan_reads_only_what_changed(shop: RepoBuilder, cache: Path) -> None:
    told(shop, cache)
    forge(cache, shop, "src/shop/tax.py", b"tax_of", b"forged_name")
    forge(cache, shop, "src/shop/cart.py", b"tax_of", b"forged_name")

    shop.commit("changed", {"README.md": "Another shop.\n"})
    assert "forged_name" in names(told(shop, cache))
    shop.commit("changed", {"src/shop/tax.py": "def tax_of(items):\n    return 1\n"})
    assert names(told(shop, cache)) == ["total_price"]


def test_an_unchanged_tree_is_not_even_put_together_again(shop: RepoBuilder, cache: Path) -> None:
    before = told(shop, cache)
    forge(cache, shop, "src/shop/tax.py", b"tax_of", b"forged_name")

    shop.commit("the same tree")

    assert told(shop, cache) == before


def test_the_checkout_is_not_read(shop: RepoBuilder, cache: Path) -> None:
    shop.write({"src/shop/tax.py": "def dirty_name(): pass\n", "src/new.py": "def untracked_name(): pass\n"})
    shop.git("add", "src/new.py")
    before = shop.manifest()

    assert names(told(shop, cache)) == ["tax_of", "total_price"]
    assert shop.manifest() == before


def test_an_older_commit_is_told_as_it_was(shop: RepoBuilder, cache: Path) -> None:
    shop.commit("gone", {"src/shop/tax.py": "", "src/shop/cart.py": "def total_price(items): pass\n"})

    assert names(told(shop, cache)) == ["total_price"]
    assert names(told(shop, cache, "HEAD~1")) == ["tax_of", "total_price"]


def test_what_cannot_be_read_is_named(shop: RepoBuilder, cache: Path) -> None:
    shop.commit("odd", {"huge.js": "f(a);" * 300_000, "Greedy.java": "a<b" * 30_000, "broken.py": "def f(:\n"})

    found = told(shop, cache)

    assert found["passedOver"] == [
        {
            "path": "Greedy.java",
            "why": TOOK_TOO_MUCH,
        },
        {"path": "huge.js", "why": "larger than 1 MiB"},
    ]
    assert found["broken"] == 1


def test_symlinks_submodules_and_odd_names_are_no_sources(shop: RepoBuilder, cache: Path) -> None:
    (shop.path / "link.py").symlink_to("src/shop/tax.py")
    shop.write({"a\tb.py": "def f(): pass\n", "c\x1b[31m.py": "def f(): pass\n"})
    shop.commit("links")
    repo = Repo.open(shop.path)

    assert {source.path for source in sources(repo, repo.head())[0]} == {
        "src/shop/__init__.py",
        "src/shop/cart.py",
        "src/shop/tax.py",
        "tests/test_cart.py",
    }


def test_of_too_many_files_the_least_nested_are_read(
    shop: RepoBuilder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 1)

    passed = told(shop, cache)["passedOver"]

    assert isinstance(passed, list)
    assert [one["path"] for one in passed] == ["src/shop/__init__.py", "src/shop/cart.py", "src/shop/tax.py"]
    assert {one["why"] for one in passed} == {"too many files"}


def test_facts_that_are_whole_and_senseless_are_no_error(shop: RepoBuilder, cache: Path) -> None:
    told(shop, cache)
    forge(cache, shop, "src/shop/tax.py", b"[", b"{")
    shop.commit("changed", {"README.md": "Another shop.\n"})

    found = told(shop, cache)

    assert found["passedOver"] == [{"path": "src/shop/tax.py", "why": "what was remembered of it cannot be read"}]


def test_the_graph_comes_back_as_it_was(shop: RepoBuilder, cache: Path) -> None:
    repo = Repo.open(shop.path)
    with Store(cache) as store:
        made = survey(repo, repo.head(), store)
        again = survey(repo, repo.head(), store)

    assert again == made
    assert made.graph.paths == ("src/shop/__init__.py", "src/shop/cart.py", "src/shop/tax.py", "tests/test_cart.py")


def test_a_repository_without_sources(tmp_path: Path, cache: Path) -> None:
    builder = RepoBuilder(tmp_path / "empty")
    builder.commit("nothing")

    found = told(builder, cache)

    assert (found["languages"], found["symbols"], found["tests"]) == ([], [], [])
    assert json.dumps(found)
