"""What a task may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from given import given_repo, task_of

from gitbuddy.codebase import excerpts
from gitbuddy.codebase.context import gather
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Context

FILES: Mapping[str, str | bytes] = {
    "src/shop/cart.py": "def total_price(items):\n    return sum(items)\n",
    "src/shop/mail.py": "def send_invoice(person):\n    pass\n",
    "src/shop/__init__.py": "",
    "src/util.py": "x = 1\n",
    "other/util.py": "y = 1\n",
    "tests/test_cart.py": "from shop.cart import total_price\n",
    "web/app.ts": "export const banner = 1\n",
    "logo.png": b"\x89PNG\0\xff",
    "latin.py": b"# caf\xe9\ndef in_latin_file(): pass\n",
    "README.md": "A shop.\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    given_repo(tmp_path / "repo", FILES)
    return Repo.open(tmp_path / "repo")


def context(repo: Repo, text: str = "x", evidence: str = "", files: tuple[str, ...] = ()) -> Context:
    return gather(repo, task_of(repo, text, files=files), evidence, repo.top.parent / "cache")


def shown(repo: Repo, text: str, evidence: str = "", files: tuple[str, ...] = ()) -> list[str]:
    found = context(repo, text, evidence, files)
    return [file.path for file in (*found.owned, *found.files)]


def excerpted(found: Context) -> list[tuple[str, str, int]]:
    return [(one.why, one.path, one.first) for one in found.excerpts]


@pytest.mark.parametrize(
    ("text", "evidence", "files", "expected"),
    [
        ("x", "", ("src/util.py",), ["src/util.py"]),
        ("x", "", ("src/shop/*.py",), ["src/shop/__init__.py", "src/shop/cart.py", "src/shop/mail.py"]),
        ("x", "", ("src/shop/mail.py", "src/**/mail.py"), ["src/shop/mail.py"]),
        ("x", "", ("logo.png", "latin.py", "new.py", "README.md"), ["README.md"]),
        ("see src/util.py", "", ("README.md",), ["README.md", "src/util.py"]),
        ("see `./src/util.py`, line 3", "", (), ["src/util.py"]),
        ("see util.py", "", ("README.md",), ["README.md"]),
        ("look at cart.py and mail.py.", "", (), ["src/shop/cart.py", "src/shop/mail.py"]),
        ("fix shop.cart.total_price", "", (), ["src/shop/cart.py"]),
        ("x", 'File "/repo/src/shop/cart.py", line 2, in total_price', (), ["src/shop/cart.py"]),
        ("x", "tests/test_cart.py:1: error\nweb/app.ts(1,2): error TS1", (), ["tests/test_cart.py", "web/app.ts"]),
        ("see README.md", "src/util.py:1: E501", (), ["README.md", "src/util.py"]),
        ("x", "C:\\repo\\src\\util.py", (), ["src/util.py"]),
    ],
)
def test_owned_files_come_first_then_named_ones(
    repo: Repo, text: str, evidence: str, files: tuple[str, ...], expected: list[str]
) -> None:
    assert shown(repo, text, evidence, files=files) == expected


def test_without_a_name_the_words_decide(repo: Repo) -> None:
    assert shown(repo, "The total price is wrong.")[0] == "src/shop/cart.py"
    assert shown(repo, "sendInvoice should return something")[0] == "src/shop/mail.py"
    assert shown(repo, "the banner")[0] == "web/app.ts"
    assert shown(repo, "qqqq") == []


def test_owned_files_are_whole_with_their_mode_and_apart_from_others(repo: Repo) -> None:
    found = context(repo, "see README.md", files=("src/util.py",))

    assert [(file.data, file.mode) for file in found.owned] == [(b"x = 1\n", 0o100644)]
    assert [file.path for file in found.files] == ["README.md"]


def test_long_evidence_is_bounded(repo: Repo) -> None:
    noise = "a/b/c.d " * 200_000

    assert shown(repo, "x", f"{noise}\nsrc/util.py:1: error") == ["src/util.py"]


def test_the_base_counts_not_the_checkout(shop: RepoBuilder) -> None:
    repo = Repo.open(shop.path)
    task = task_of(repo, files=("src/shop/cart.py",))
    shop.write({"src/shop/cart.py": "dirty\n", "src/shop/tax.py": "dirty\n"})

    found = gather(repo, task, "", shop.path.parent / "cache")

    assert found.owned[0].data.startswith(b"from shop.tax")
    assert "dirty" not in "".join(one.text for one in found.excerpts)


def test_what_the_files_use_comes_with_the_comment_above_and_then_their_tests(shop: RepoBuilder) -> None:
    found = context(Repo.open(shop.path), files=("src/shop/cart.py",))

    assert excerpted(found) == [("definition", "src/shop/tax.py", 1), ("test", "tests/test_cart.py", 4)]
    assert found.excerpts[0].text == "# Half of what\n# is due.\ndef tax_of(items):\n    return 0.5\n"


def test_what_is_shown_whole_is_not_excerpted(shop: RepoBuilder) -> None:
    found = context(Repo.open(shop.path), "see tax.py and test_cart.py", files=("src/shop/cart.py",))

    assert excerpted(found) == []


def test_code_that_sounds_alike_is_shown_last(shop: RepoBuilder) -> None:
    shop.commit("more", {"src/other/basket.py": "def full_total_price(items):\n    return 1\n"})

    found = context(Repo.open(shop.path), files=("src/shop/cart.py",))

    assert excerpted(found)[-1] == ("similar", "src/other/basket.py", 1)


def test_only_code_sounds_alike(shop: RepoBuilder) -> None:
    shop.commit("more", {"src/other/basket.py": "TOTAL_PRICE = 3\n"})

    assert all(one.why != "similar" for one in context(Repo.open(shop.path), files=("src/shop/cart.py",)).excerpts)


def test_a_word_that_happens_to_be_the_name_of_something_is_no_use(shop: RepoBuilder) -> None:
    cart = "from shop.tax import tax_of\n\n\ndef total_price(rows):\n    return sum(rows) + tax_of(rows)\n"
    shop.commit("more", {"src/shop/cart.py": cart, "src/other/table.py": "def rows():\n    return 1\n"})

    found = context(Repo.open(shop.path), files=("src/shop/cart.py",))

    assert "src/other/table.py" not in [one.path for one in found.excerpts]


def test_excerpts_are_bounded_in_number_lines_and_bytes(shop: RepoBuilder) -> None:
    long = "".join(f"def helper_number_{n}():\n" + "    pass  # long\n" * 200 for n in range(60))
    uses = "from shop.long import *\n" + "".join(f"helper_number_{n}()\n" for n in range(60))
    shop.commit("long", {"src/shop/long.py": long, "src/shop/cart.py": uses})
    split = {f"src/shop/one_{n}.py": f"def other_number_{n}():\n    pass\n" for n in range(60)}
    shop.commit("many", {**split, "src/shop/mail.py": "".join(f"other_number_{n}()\n" for n in range(60))})

    found = context(Repo.open(shop.path), files=("src/shop/cart.py", "src/shop/mail.py"))

    assert 0 < len(found.excerpts) <= excerpts.MOST
    assert max(one.text.count("\n") for one in found.excerpts) == excerpts.MOST_LINES
    assert sum(len(one.text) for one in found.excerpts) <= excerpts.MOST_BYTES


def test_a_definition_in_a_file_that_is_no_text_is_not_shown(repo: Repo) -> None:
    builder = RepoBuilder(repo.top)
    builder.commit("use", {"user.py": "from latin import in_latin_file\nin_latin_file()\n"})

    assert excerpted(context(Repo.open(builder.path), files=("user.py",))) == []


def test_a_form_feed_or_an_odd_line_end_moves_no_line(shop: RepoBuilder) -> None:
    shop.commit("odd", {"src/shop/tax.py": b"X = '\\f'\n\x0c\nY = '\xc2\x85'\r\ndef tax_of(a):\r\n    return 1"})

    found = context(Repo.open(shop.path), files=("src/shop/cart.py",))

    assert found.excerpts[0].text == "def tax_of(a):\r\n    return 1"


def test_a_large_file_is_ranked_and_its_fitting_parts_are_excerpted(shop: RepoBuilder) -> None:
    filler = "".join(f"def filler_{n}():\n    pass\n" for n in range(2000))
    shop.commit("large", {"src/invoice.py": filler + "def send_invoice_mail(person):\n    pass\n"})

    found = context(Repo.open(shop.path), "send_invoice_mail forgets the person")

    assert found.files[0].path == "src/invoice.py"
    assert ("similar", "src/invoice.py", 4001) in excerpted(found)
