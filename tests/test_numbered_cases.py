"""The numbered cases of the threat model that hold by now each have a test that carries their number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "adversarial"
CASES = {*range(13, 61), *range(69, 75)}


def test_every_case_has_a_test_of_its_number() -> None:
    trees = [ast.parse(path.read_text()) for path in FOLDER.glob("test_*.py")]
    names = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = {int(match[1]) for name in names if (match := re.match(r"test_a(\d+)_", name))}

    assert found == CASES
