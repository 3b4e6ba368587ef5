from __future__ import annotations

import inspect
from typing import Any

import pytest
from pydantic import ValidationError

from gitbuddy import config
from gitbuddy.config import (
    CheckSettings,
    LimitSettings,
    ProjectSettings,
    Settings,
    TierSettings,
    UserSettings,
    parse_project,
    parse_user,
)
from gitbuddy.errors import UsageError
from gitbuddy.values import CheckKind, Tier

MODELS = [
    model
    for _, model in inspect.getmembers(config, inspect.isclass)
    if issubclass(model, Settings) and model is not Settings
]
WHERE = ".buddy/config.toml at 123456789abc"
FULL = b"""\
[checks.unit]
command = ["python3", "-m", "pytest", "-q"]
kind = "test"
timeout = 60

[checks."lint:fix"]
command = ["make", "lint"]
kind = "lint"

[guard]
max_lines = 50
protect = ["db/**"]
allow = ["Makefile"]

[limits]
attempts = 3

[worktree]
setup = [["make", "generate"]]

[landing]
attribution = "none"
"""


def refused(text: bytes) -> UsageError:
    with pytest.raises(UsageError) as error:
        parse_project(text, WHERE)
    assert error.value.exit_code == 2
    assert error.value.hint
    assert "\n" not in error.value.message
    return error.value


def refused_user(**raw: Any) -> UsageError:
    with pytest.raises(UsageError) as error:
        parse_user(raw)
    return error.value


def test_a_full_file() -> None:
    settings = parse_project(FULL, WHERE)

    assert settings.checks["unit"] == CheckSettings(
        command=("python3", "-m", "pytest", "-q"), kind=CheckKind.TEST, timeout=60
    )
    assert list(settings.checks) == ["unit", "lint:fix"]
    assert (settings.guard.max_lines, settings.guard.protect, settings.guard.allow) == (50, ("db/**",), ("Makefile",))
    assert settings.limits.attempts == 3
    assert settings.worktree.setup == (("make", "generate"),)
    assert settings.landing.attribution == "none"


@pytest.mark.parametrize(
    "text", [None, b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf", b"[checks]\n", b"[guard]\n[limits]\n"]
)
def test_nothing_said_means_the_defaults(text: bytes | None) -> None:
    assert parse_project(text, WHERE) == ProjectSettings()


def test_defaults_are_the_rules_that_the_documentation_promises() -> None:
    project, user = ProjectSettings(), UserSettings()

    assert (project.limits.attempts, project.limits.deep_files, project.limits.deep_characters) == (5, 5, 1000)
    assert project.guard.max_lines == 300
    assert project.landing.attribution == "assisted-by"
    assert user.endpoint == "http://127.0.0.1:11434"
    assert TierSettings(model="m").attempts == 2


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        (b"[guard]\nmax_line = 3\n", "guard.max_line", "did you mean max_lines?"),
        (b"[gaurd]\n", "gaurd", "did you mean guard?"),
        (b"[checks.unit]\ncommand = ['a']\ntimout = 3\n", "checks.unit.timout", "did you mean timeout?"),
        (b"zzzzzz = 1\n", "zzzzzz", "configuration.md"),
        (b"endpoint = 'http://evil.example'\n", "endpoint", "configuration.md"),
        (b"[tier.fast]\nmodel = 'm'\n", "tier", "configuration.md"),
        (b"sandbox = 'external'\n", "sandbox", "configuration.md"),
    ],
)
def test_an_unknown_key_is_named_with_its_path(text: bytes, key: str, hint: str) -> None:
    error = refused(text)

    assert error.message == f"unknown key in {WHERE}: {key}"
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[guard]\nmax_lines = 0\n", "guard.max_lines: Input should be greater than or equal to 1: 0"),
        (b"[guard]\nmax_lines = 'many'\n", "guard.max_lines: Input should be a valid integer"),
        (b"[checks.unit]\n", "checks.unit.command: Field required"),
        (b"[checks.unit]\ncommand = []\n", "checks.unit.command: Tuple should have at least 1 item"),
        (
            b"[checks.unit]\ncommand = 'make test'\n",
            'checks.unit.command: write a list of words, e.g. ["make", "test"]',
        ),
        (b"[checks.unit]\ncommand = ['a']\nkind = 'spelling'\n", "checks.unit.kind: Input should be 'lint', 'types'"),
        (b"[checks.unit]\ncommand = ['a']\ntimeout = nan\n", "checks.unit.timeout"),
        (b"[checks.unit]\ncommand = ['a']\ntimeout = inf\n", "checks.unit.timeout"),
        (b"[checks.unit]\ncommand = ['a']\ntimeout = 0\n", "checks.unit.timeout"),
        (b"checks = 3\n", "checks: Input should be a valid dictionary: 3"),
        (b"[worktree]\nsetup = ['make generate']\n", "worktree.setup.0: write a list of words"),
        (b"[landing]\nattribution = 'signed-off-by'\n", "landing.attribution: Input should be 'assisted-by'"),
        (b"[limits]\nattempts = 51\n", "limits.attempts: Input should be less than or equal to 50: 51"),
        (b"[guard]\nprotect = ['a', 'b']\nallow = ['b']\n", "guard: protect and allow name the same glob: b"),
        (b"[checks.\"\"]\ncommand = ['a']\n", "a check's name has 1 to 60"),
        (b"[checks.\"x\\nSigned-off-by: m\"]\ncommand = ['a']\n", "a check's name has 1 to 60"),
        (b"[checks.\"-rf\"]\ncommand = ['a']\n", "a check's name has 1 to 60"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(text: bytes, words: str) -> None:
    message = refused(text).message

    assert message.startswith(f"{WHERE}: ")
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        b"[guard\n",
        b"a = \n",
        b"a = 1\na = 2\n",
        b"\xff\xfe",
        b"a = '\xe9'\n",
        b"\x00",
        b"a = " + b"[" * 100_000,
        b"max lines = 3\n",
    ],
)
def test_what_is_no_toml_is_an_error_with_a_hint(text: bytes) -> None:
    error = refused(text)

    assert error.message.startswith(f"{WHERE} is not valid TOML: ")
    assert error.hint == "correct the file and commit it"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"tiers": ("fast",)}, "tiers names a tier that is not defined: fast"),
        ({"tiers": ("f", "f"), "tier": {"f": {"model": "m"}}}, "tiers names a tier twice: f"),
        ({"tier": {"f": {"model": "m", "window": 2048, "max_output": 2048}}}, "smaller than window: 2048 and 2048"),
        ({"tier": {"f": {}}}, "tier.f: model is needed for this proposer: ollama"),
        ({"tier": {"f": {"proposer": "replay"}}}, "tier.f: model is needed for this proposer: replay"),
        ({"tier": {"f": {"model": "m", "temperature": 3}}}, "tier.f.temperature"),
        ({"tier": {"f": {"model": "m", "temperature": "nan"}}}, "tier.f.temperature"),
        ({"tier": {"f": {"model": "m", "format": "prose"}}}, "tier.f.format"),
        ({"sandbox": "none"}, "sandbox: Input should be 'auto', 'bubblewrap', 'landlock' or 'external': 'none'"),
        ({"endpont": "x"}, "unknown key in your gitbuddy settings: endpont"),
    ],
)
def test_settings_of_a_user_that_contradict_themselves(raw: dict[str, Any], words: str) -> None:
    assert words in refused_user(**raw).message


def test_git_config_gives_text_and_the_settings_are_numbers() -> None:
    user = parse_user({"tiers": ("fast",), "tier": {"fast": {"model": "m", "window": "4096", "temperature": "0"}}})

    assert user.tier["fast"].window == 4096
    assert user.tier["fast"].temperature == 0.0


def test_the_settings_of_a_tier_are_those_of_the_value() -> None:
    values = Tier(name="fast", **TierSettings(model="m").model_dump())

    assert values == Tier("fast", "ollama", model="m")


@pytest.mark.parametrize("model", MODELS)
def test_every_key_is_documented(model: type[Settings]) -> None:
    undocumented = [name for name, field in model.model_fields.items() if not field.description]

    assert undocumented == []


@pytest.mark.parametrize("model", MODELS)
def test_settings_are_frozen_and_refuse_unknown_names(model: type[Settings]) -> None:
    assert model.model_config.get("frozen") is True
    assert model.model_config.get("extra") == "forbid"


def test_a_setting_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        LimitSettings().attempts = 50
