"""This user's settings: `git config buddy.*`, in the nested shape of `config.UserSettings`.

git folds the case of variable names and knows no underscore in them, so `maxOutput` stands for `max_output`. A key
nobody knows stays in: the settings class refuses it by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gitbuddy.config import TierSettings, UserSettings
from gitbuddy.git.run import run_git_code

SUFFIX = re.compile(r"(\d+)([kmg])", re.IGNORECASE)
FACTOR = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def read_settings(top: Path) -> Mapping[str, Any]:
    """Ask git for `buddy.*` as seen from `top`; later files win."""
    _, out = run_git_code(["config", "--null", "--get-regexp", r"^buddy\."], cwd=top)
    return parse_settings(out)


def parse_settings(out: bytes) -> Mapping[str, Any]:
    """Read the output of `git config --null --get-regexp`: key, newline, value, NUL."""
    plain: dict[str, Any] = {}
    tiers: dict[str, dict[str, Any]] = {}
    for record in out.decode("utf-8", "replace").split("\0")[:-1]:
        key, _, value = record.partition("\n")
        section, _, rest = key.removeprefix("buddy.").partition(".")
        name, _, variable = rest.rpartition(".")
        if section == "tier" and name:
            tiers.setdefault(name, {})[_field(variable, TierSettings)] = _number(variable, value)
        elif key == "buddy.tiers":
            plain["tiers"] = tuple(value.replace(",", " ").split())
        else:
            plain[_field(key.removeprefix("buddy."), UserSettings)] = value
    return plain | ({"tier": tiers} if tiers else {})


def _field(variable: str, settings: type[TierSettings | UserSettings]) -> str:
    names = {name.replace("_", ""): name for name in settings.model_fields}
    return names.get(variable.replace("-", "").casefold(), variable)


def _number(variable: str, value: str) -> str:
    """git's own way to write a size: 8k is 8192."""
    field = TierSettings.model_fields.get(_field(variable, TierSettings))
    found = SUFFIX.fullmatch(value) if field and field.annotation is int else None
    return str(int(found[1]) * FACTOR[found[2].lower()]) if found else value
