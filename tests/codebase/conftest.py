"""What the tests of the codebase start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from given import given_repo

from gitbuddy.testing.repo import RepoBuilder

CART = "from shop.tax import tax_of\n\n\ndef total_price(items):\n    return sum(items) + tax_of(items)\n"
TAX = "# Half of what\n# is due.\ndef tax_of(items):\n    return 0.5\n\n\ndef unused_here():\n    pass\n"
TEST = "from shop.cart import total_price\n\n\ndef test_total():\n    assert total_price([]) == 0\n"
SHOP = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": CART,
    "src/shop/tax.py": TAX,
    "tests/test_cart.py": TEST,
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "README.md": "A shop.\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> RepoBuilder:
    return given_repo(tmp_path / "shop", SHOP)
