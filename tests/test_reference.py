"""The generated pages say what the code says; `python scripts/reference.py` brings them up to date."""

from __future__ import annotations

import re
import runpy
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from gitbuddy.cli.root import COMMANDS
from gitbuddy.config import (
    CheckSettings,
    GuardSettings,
    LimitSettings,
    TierSettings,
    UserSettings,
    parse_project,
    parse_user,
)
from gitbuddy.git.settings import parse_settings
from gitbuddy.proposers.catalogue import catalogue
from gitbuddy.proposers.memory import WINDOWS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def pages() -> Mapping[str, str]:
    made: Mapping[str, str] = runpy.run_path(str(ROOT / "scripts" / "reference.py"))["pages"]()
    return made


def example(page: str, language: str) -> bytes:
    found = re.search(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found
    return found[1].encode()


@pytest.mark.parametrize("name", ["configuration.md", "cli.md"])
def test_the_committed_pages_are_up_to_date(name: str, pages: Mapping[str, str]) -> None:
    hint = "regenerate it: python scripts/reference.py"

    assert (FOLDER / name).read_text(encoding="utf-8") == pages[name], hint


def test_the_tables_of_the_page_about_models_are_up_to_date() -> None:
    page = (ROOT / "docs" / "choosing-models.md").read_text(encoding="utf-8")
    made: str = runpy.run_path(str(ROOT / "scripts" / "reference.py"))["choosing"](page)

    assert page == made, "regenerate it: python scripts/reference.py"
    assert all(f"`{family.names[0]}`" in page for family in catalogue().families)
    assert all(str(window) in page for window in WINDOWS)


def test_every_key_and_every_command_is_there(pages: Mapping[str, str]) -> None:
    keys = [name for model in (CheckSettings, GuardSettings, LimitSettings) for name in model.model_fields]
    fields = [name for name in UserSettings.model_fields if name != "tier"]
    mine = [re.sub(r"_(\w)", lambda match: match[1].upper(), name) for name in fields]
    names = [*keys, *mine, "maxOutput", "timeout"]

    assert [name for name in names if f"| `{name}` |" not in pages["configuration.md"]] == []
    assert [name for name in COMMANDS if f"## `git buddy {name}`\n" not in pages["cli.md"]] == []


def test_the_example_of_a_project_file_is_valid(pages: Mapping[str, str]) -> None:
    settings = parse_project(example(pages["configuration.md"], "toml"), "the example")

    assert list(settings.checks) == ["lint", "tests"]
    assert settings.guard.max_lines == 200


def test_the_example_of_git_config_is_valid(pages: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(example(pages["configuration.md"], "ini"))
    command = ["git", "config", "--file", "config", "--null", "--get-regexp", r"^buddy\."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    user = parse_user(parse_settings(done.stdout))

    assert user.tiers == ("fast", "deep")
    assert user.tier["deep"] == TierSettings(model="qwen2.5-coder:7b", window=16384, max_output=4096)
