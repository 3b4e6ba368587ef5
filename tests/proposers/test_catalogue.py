"""Which installed models make which cascade."""

from __future__ import annotations

import pytest

from gitbuddy.proposers.catalogue import (
    catalogue,
    download_of,
    family_of,
    format_for,
    parameters_of,
    pull_hint,
    tiers_for,
    writes_code,
)
from gitbuddy.proposers.installed import InstalledModel, billions, is_remote

GIB = 1 << 30


def models(*names: str) -> tuple[InstalledModel, ...]:
    """Models whose names tell their size."""
    return tuple(InstalledModel(name) for name in names)


CASCADES: list[tuple[tuple[str, ...], dict[str, str]]] = [
    ((), {}),
    (("qwen3.5:4b",), {"fast": "qwen3.5:4b"}),
    (("qwen3-coder:30b",), {"fast": "qwen3-coder:30b"}),
    (("qwen3.5:4b", "qwen3-coder:30b"), {"fast": "qwen3.5:4b", "deep": "qwen3-coder:30b"}),
    (("qwen3-coder:30b", "qwen3.5:4b"), {"fast": "qwen3.5:4b", "deep": "qwen3-coder:30b"}),
    (("qwen3.5:4b", "qwen3.5:9b"), {"fast": "qwen3.5:4b", "deep": "qwen3.5:9b"}),
    (("qwen3.5:4b", "gemma4:e4b", "qwen3.6:27b", "llama3.3:70b"), {"fast": "qwen3.5:4b", "deep": "qwen3.6:27b"}),
    (("qwen2.5-coder:1.5b", "qwen2.5-coder:7b"), {"fast": "qwen2.5-coder:7b"}),
    (
        ("qwen2.5-coder:1.5b", "qwen2.5-coder:7b", "qwen2.5-coder:14b"),
        {"fast": "qwen2.5-coder:7b", "deep": "qwen2.5-coder:14b"},
    ),
    (("qwen2.5-coder:0.5b",), {"fast": "qwen2.5-coder:0.5b"}),
    (("starcoder2:3b", "codellama:7b"), {"fast": "codellama:7b"}),
    (("starcoder2:3b", "qwen3.5:9b"), {"fast": "qwen3.5:9b"}),
    (("something-new:8b",), {"fast": "something-new:8b"}),
    (("something-new:8b", "qwen3.5:4b"), {"fast": "qwen3.5:4b"}),
    (("qwen3.5:4b", "llama3.3:70b"), {"fast": "qwen3.5:4b", "deep": "llama3.3:70b"}),
    (("nomic-embed-text:latest", "llava:7b", "bge-m3"), {}),
    (("qwen3.5:397b-cloud", "glm-5:cloud"), {}),
    (
        ("hf.co/unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF:Q4_K_M",),
        {"fast": "hf.co/unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF:Q4_K_M"},
    ),
]


@pytest.mark.parametrize(("names", "expected"), CASCADES)
def test_the_cascade_of_what_is_installed(names: tuple[str, ...], expected: dict[str, str]) -> None:
    tiers = tiers_for(models(*names))

    assert {tier.name: tier.model for tier in tiers} == expected
    assert list(expected) == [tier.name for tier in tiers]


def test_a_tier_comes_with_its_limits_and_its_server() -> None:
    fast, deep = tiers_for(models("qwen3.5:4b", "qwen3-coder:30b"), "http://gpu-box:11434")

    assert (fast.calls, deep.calls) == (4, 1)
    assert (fast.format, deep.format) == ("whole-file", "search-replace")
    assert {tier.endpoint for tier in (fast, deep)} == {"http://gpu-box:11434"}
    assert all(tier.max_output < tier.window for tier in (fast, deep))


def test_the_size_told_by_the_server_wins_over_the_name() -> None:
    assert parameters_of(InstalledModel("gemma4:e4b", parameters=8.0)) == 8.0
    assert parameters_of(InstalledModel("qwen3.5:9b")) == 9.0
    assert parameters_of(InstalledModel("x:latest", size=6_000_000_000)) == pytest.approx(10.0)


FAMILIES = [
    ("qwen2.5-coder:7b", "qwen2.5-coder"),
    ("qwen2.5:7b", "qwen2.5"),
    ("deepseek-coder-v2:16b", "deepseek-coder-v2"),
    ("deepseek-coder:6.7b", "deepseek-coder"),
    ("llama3.1:8b", "llama3"),
    ("me/Devstral-Small-2:24b", "devstral"),
    ("granite-code:8b", "granite-code"),
    ("mistral-small3.2:24b", "mistral-small"),
]


@pytest.mark.parametrize(("name", "family"), FAMILIES)
def test_the_longest_family_name_fits(name: str, family: str) -> None:
    assert family in family_of(name).names


@pytest.mark.parametrize("family", catalogue().families, ids=lambda family: family.names[0])
def test_every_family_is_sound(family: object) -> None:
    assert family_of(f"{family.names[0]}:7b") is family  # type: ignore[attr-defined]  # parametrize loses the type
    assert format_for(InstalledModel("x:500b")) == "search-replace"


def test_no_name_stands_in_two_families() -> None:
    names = [name for family in catalogue().families for name in family.names]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "remote"), [("a:cloud", True), ("a:120b-cloud", True), ("cloudy:7b", False), ("a", False)]
)
def test_a_cloud_name_is_known(name: str, remote: bool) -> None:
    assert is_remote(name) == remote


def test_an_embedding_family_writes_no_code_whatever_its_name() -> None:
    assert not writes_code(InstalledModel("mine:latest", family="nomic-bert"))
    assert not writes_code(InstalledModel("mine:latest", remote=True))
    assert writes_code(InstalledModel("mine:latest", family="qwen35"))


@pytest.mark.parametrize(
    ("memory", "model"), [(4, "qwen3.5:2b"), (16, "qwen3.5:4b"), (32, "qwen3.5:9b"), (64, "qwen3-coder:30b")]
)
def test_the_hint_fits_the_memory(memory: int, model: str) -> None:
    assert f"ollama pull {model}" in pull_hint(memory * GIB)


@pytest.mark.parametrize(("video", "model"), [(4, "qwen3.5:2b"), (8, "qwen3.5:4b"), (24, "qwen3-coder:30b")])
def test_the_hint_fits_the_card(video: int, model: str) -> None:
    assert f"ollama pull {model}" in pull_hint(4 * GIB, video * GIB)


@pytest.mark.parametrize(
    ("name", "size"),
    [("qwen3.5:4b", 3.4e9), ("me/qwen3.5:4b", 3.4e9), ("unknown:10b", 6e9), ("unknown:70b-q4", 42e9), ("unknown", 0)],
)
def test_the_size_of_a_download_is_known_or_estimated(name: str, size: float) -> None:
    assert download_of(name) == size


def test_the_hint_knows_this_machine() -> None:
    assert "ollama pull " in pull_hint()


@pytest.mark.parametrize(
    ("text", "expected"), [("7.6B", 7.6), ("873.44M", 0.87344), ("1T", 1000.0), ("", 0.0), ("big", 0.0)]
)
def test_a_parameter_count_is_read(text: str, expected: float) -> None:
    assert billions(text) == pytest.approx(expected)
