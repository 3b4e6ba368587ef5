"""Which files a proposer is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from given import given_repo, task_of

from gitbuddy.codebase.context import gather
from gitbuddy.git.repo import Repo

FILES: Mapping[str, str | bytes] = {
    "src/shop/cart.py": "def total_price(items):\n    return sum(items)\n",
    "src/shop/mail.py": "def send_invoice(person):\n    pass\n",
    "src/shop/__init__.py": "",
    "src/util.py": "x = 1\n",
    "other/util.py": "y = 1\n",
    "tests/test_cart.py": "from shop.cart import total_price\n",
    "web/app.ts": "export const banner = 1\n",
    "logo.png": b"\x89PNG\0\xff",
    "latin.py": b"# caf\xe9\n",
    "README.md": "A shop.\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    given_repo(tmp_path / "repo", FILES)
    return Repo.open(tmp_path / "repo")


def shown(repo: Repo, text: str, evidence: str = "", files: tuple[str, ...] = ()) -> list[str]:
    found = gather(repo, task_of(repo, text, files=files), evidence, repo.top.parent / "cache")
    return [file.path for file in (*found.owned, *found.files)]


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


def test_files_are_whole_with_their_mode(repo: Repo) -> None:
    (file,) = gather(repo, task_of(repo, files=("src/util.py",)), "", repo.top.parent / "cache").owned

    assert (file.data, file.mode) == (b"x = 1\n", 0o100644)


def test_long_evidence_is_bounded(repo: Repo) -> None:
    noise = "a/b/c.d " * 200_000

    assert shown(repo, "x", f"{noise}\nsrc/util.py:1: error") == ["src/util.py"]


def test_the_base_counts_not_the_checkout(repo: Repo) -> None:
    task = task_of(repo, files=("src/util.py",))
    (repo.top / "src/util.py").write_text("dirty\n")

    assert gather(repo, task, "", repo.top.parent / "cache").owned[0].data == b"x = 1\n"
