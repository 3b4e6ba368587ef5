"""Settings become tiers, checks and folders as documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.config import ProjectSettings, parse_user
from gitbuddy.errors import ModelUnavailable
from gitbuddy.git.settings import parse_settings
from gitbuddy.session import cache_folder, user_settings
from gitbuddy.tiering import FIXERS, MUTATE, cascade_of
from gitbuddy.values import Kind, Limits, Origin, Task
from gitbuddy.wiring import limits_of

PYTEST = {"pyproject.toml": "[tool.pytest.ini_options]\n", "test_x.py": "def test_x(): pass\n"}


def task(**fields: object) -> Task:
    return Task(Kind.CHANGE, "x", "", Origin("cli"), **fields)  # type: ignore[arg-type]  # fields are the test's own


def test_tiers_stand_in_the_order_given_with_the_tools_first() -> None:
    user = parse_user({"tiers": ["fast", "deep"], "tier": {"deep": {"model": "big"}, "fast": {"model": "small"}}})

    assert [tier.name for tier in cascade_of(user, task())] == ["fixers", "mutate", "fast", "deep"]
    assert [tier.calls for tier in cascade_of(user, task())] == [1, 1, 4, 1]
    assert cascade_of(user, task())[2].endpoint == user.endpoint


def test_calls_that_are_set_win_over_those_of_the_name() -> None:
    user = parse_user({"tiers": ["fast"], "tier": {"fast": {"model": "small", "calls": 1}}})

    assert cascade_of(user, task())[2].calls == 1


def test_a_file_is_asked_once_at_a_time_unless_somebody_says_otherwise() -> None:
    file = {"proposer": "embedded", "model": "/models/m.gguf"}
    user = parse_user({"tiers": ["fast", "deep"], "tier": {"fast": file, "deep": {**file, "calls": 2}}})

    assert [tier.calls for tier in cascade_of(user, task())[2:]] == [1, 2]


def test_a_tool_that_is_listed_stands_where_it_was_put() -> None:
    tier = {"fast": {"model": "small"}, "search": {"proposer": "mutate"}}
    user = parse_user({"tiers": ["fast", "search"], "tier": tier})

    assert [tier.name for tier in cascade_of(user, task())] == ["fixers", "fast", "search"]


def test_no_time_for_a_search_is_no_search() -> None:
    user = parse_user({"tiers": ["fast"], "tier": {"fast": {"model": "small"}}, "mutate_seconds": 0})

    assert [tier.name for tier in cascade_of(user, task())] == ["fixers", "fast"]


def test_without_a_model_server_only_what_tools_do_has_a_cascade() -> None:
    user = parse_user({"endpoint": "http://127.0.0.1:9"})
    told: list[str] = []

    with pytest.raises(ModelUnavailable):
        cascade_of(user, task())
    assert cascade_of(user, Task(Kind.FIX_LINT, "x", "", Origin("cli"))) == (FIXERS, MUTATE)
    assert cascade_of(user, Task(Kind.FIX, "x", "", Origin("cli")), told.append) == (FIXERS, MUTATE)
    assert len(told) == 1
    assert told[0].startswith("no model is there to ask, so only what needs none is tried: ")
    with pytest.raises(ModelUnavailable):
        cascade_of(user.model_copy(update={"mutate_seconds": 0.0}), Task(Kind.FIX, "x", "", Origin("cli")))


@pytest.mark.parametrize(
    ("config", "environment", "flags", "endpoint"),
    [
        ({}, {}, {}, "http://127.0.0.1:11434"),
        ({}, {"OLLAMA_HOST": "10.0.0.1:1"}, {}, "http://10.0.0.1:1"),
        ({"endpoint": "http://config"}, {"OLLAMA_HOST": "http://host"}, {}, "http://config"),
        ({"endpoint": "http://config"}, {"GITBUDDY_ENDPOINT": "http://env"}, {}, "http://env"),
        (
            {"endpoint": "http://config"},
            {"GITBUDDY_ENDPOINT": "http://env"},
            {"endpoint": "http://flag"},
            "http://flag",
        ),
    ],
)
def test_later_sources_win(
    config: dict[str, str], environment: dict[str, str], flags: dict[str, str], endpoint: str
) -> None:
    assert user_settings(config, environment, flags).endpoint == endpoint


def test_the_least_sandbox_is_set_like_the_other_settings() -> None:
    config = parse_settings(b"buddy.mintier\nlandlock\0")

    assert user_settings(config, {}, {}).min_tier == "landlock"
    assert user_settings(config, {"GITBUDDY_MIN_TIER": "propose-only"}, {}).min_tier == "propose-only"


def test_the_limits_of_a_project_bound_its_commands() -> None:
    chosen = {"check_memory": 1 << 27, "check_total_memory": 1 << 28, "check_disk": 1 << 29, "check_output": 1 << 12}
    limits = limits_of(ProjectSettings.model_validate({"limits": chosen}))

    assert limits == Limits(memory=1 << 27, total_memory=1 << 28, disk=1 << 29, output=1 << 12)
    assert limits_of(ProjectSettings()) == Limits()


def test_one_model_or_one_transcript_is_a_cascade_of_one_tier() -> None:
    assert user_settings({}, {}, {"model": "m"}).tier["fast"].model == "m"
    assert user_settings({}, {}, {"replay": "t"}).tier["replay"].model == "t"


def test_the_cache_is_where_the_user_says_else_below_xdg(sealed: Path) -> None:
    assert cache_folder(parse_user({"cache": "/there"})) == Path("/there")
    assert cache_folder(parse_user({})) == sealed / ".cache/gitbuddy"
