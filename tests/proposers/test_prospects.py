"""What installed models would be on a machine: over a real connection, with machines made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gitbuddy.config import parse_user
from gitbuddy.errors import ModelUnavailable, UsageError
from gitbuddy.proposers.machine import Card, Machine
from gitbuddy.proposers.memory import WINDOWS, why_window
from gitbuddy.proposers.prospects import Prospect, fitting, is_here, prospects_at
from gitbuddy.testing.ollama_server import OllamaServer, ServedModel
from gitbuddy.testing.wire import VERSION
from gitbuddy.tiering import configured_tiers, refuse_large_windows, tiers_from
from gitbuddy.values import Calibration, Identity, Tally

GIB = 1 << 30
PLAIN = Machine(16 * GIB, 12 * GIB)
SMALL = ServedModel("qwen3.5:4b", 3_400_000_000, "4.3B")
HUGE = ServedModel("qwen3.6:27b", 17_000_000_000, "27B")
SHAPE = {
    "block_count": 36,
    "attention.head_count": 32,
    "attention.head_count_kv": 8,
    "attention.key_length": 128,
    "attention.value_length": 128,
}


def nothing(identity: Identity) -> None:
    """Nobody has measured."""


def seen(*models: ServedModel, machine: Machine = PLAIN) -> tuple[Prospect, ...]:
    with OllamaServer(models=models) as server:
        return prospects_at(server.url, machine, nothing)


def test_a_model_larger_than_memory_is_never_chosen_by_itself() -> None:
    small, huge = seen(SMALL, HUGE)
    tiers = tiers_from((small, huge), "")

    assert (small.fit.verdict, huge.fit.verdict, huge.window) == ("yes", "no", 0)
    assert [tier.model for tier in tiers] == ["qwen3.5:4b"]


def test_a_card_makes_room_for_it() -> None:
    prospects = seen(SMALL, HUGE, machine=replace(PLAIN, cards=(Card("a", 24 * GIB),)))

    assert [tier.model for tier in tiers_from(prospects, "")] == ["qwen3.5:4b", "qwen3.6:27b"]


def test_where_nothing_fits_it_is_said_with_what_would() -> None:
    with pytest.raises(ModelUnavailable, match=r"no installed model fits this machine: qwen3\.6:27b needs") as caught:
        tiers_from(seen(HUGE), "")

    assert "ollama pull" in caught.value.hint


def test_where_nothing_is_installed_it_is_said_with_what_to_install() -> None:
    with pytest.raises(ModelUnavailable, match="no usable model is installed") as caught:
        tiers_from(seen(), "http://here")

    assert "ollama pull" in caught.value.hint


def test_the_window_of_a_tier_is_what_fits() -> None:
    shaped = replace(SMALL, info=SHAPE | {"context_length": 40960})
    (found,) = seen(shaped)

    assert found.details.shape.per_token == 36 * 8 * 256 * 2
    assert tiers_from((found,), "")[0].window == found.window == 16384


def test_a_model_of_a_tiny_window_is_not_chosen() -> None:
    (found,) = seen(replace(SMALL, info={"context_length": 2048}))

    assert (found.window, "too small" in found.fit.why) == (0, True)


def test_a_model_that_only_embeds_is_not_chosen() -> None:
    assert fitting(seen(replace(SMALL, capabilities=("embedding",)))) == ()


def test_a_capability_that_nobody_knows_changes_nothing() -> None:
    (found,) = seen(replace(SMALL, capabilities=("completion", "telepathy")))

    assert found.details.abilities == ("completion", "telepathy")
    assert fitting((found,)) == (found,)


def test_a_remote_model_is_never_chosen_by_itself() -> None:
    assert fitting(seen(ServedModel("qwen3.5:397b-cloud"), ServedModel("mine:1b", remote=True))) == ()


def test_the_identity_is_as_narrow_as_the_server_tells() -> None:
    (found,) = seen(SMALL)

    assert (found.identity.digest, found.identity.quantization) == (SMALL.digest, "Q4_K_M")
    assert found.identity.server == f"ollama {VERSION}"


def measured(**changes: object) -> Calibration:
    known = Calibration(Identity("m", ""), "2026-01-02", "udiff", window=8192, tallies=(Tally("udiff", 1, 2),))
    return replace(known, **changes)  # type: ignore[arg-type]  # changes are the test's own


def test_what_was_measured_is_used() -> None:
    with OllamaServer(models=[SMALL]) as server:
        found = prospects_at(server.url, PLAIN, lambda identity: measured(samples=2))
    (tier,) = tiers_from(found, "")

    assert (tier.format, tier.window, tier.samples, tier.max_output) == ("udiff", 8192, 2, 2048)


def test_a_model_that_answered_nothing_usable_is_not_chosen() -> None:
    with OllamaServer(models=[SMALL]) as server:
        found = prospects_at(server.url, PLAIN, lambda identity: measured(tallies=(Tally("udiff", 0, 9),)))

    with pytest.raises(ModelUnavailable):
        tiers_from(found, "")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9:1", True),
        ("http://[::1]:1", True),
        ("http://localhost:1", True),
        ("http://gpu-box:1", False),
        ("http://10.0.0.1:1", False),
        ("http://localhost.example.org:1", False),
    ],
)
def test_only_this_machine_is_here(url: str, here: bool) -> None:
    assert is_here(url) == here


def test_a_configured_window_larger_than_the_models_is_refused() -> None:
    from_user = {"tiers": ["fast"], "tier": {"fast": {"model": SMALL.name, "window": 32768}}}
    with OllamaServer(models=[replace(SMALL, info={"context_length": 8192})]) as server:
        user = parse_user(from_user | {"endpoint": server.url})

        with pytest.raises(UsageError, match="larger than that of its model: 32768 and 8192"):
            refuse_large_windows(configured_tiers(user))


WHY = [
    (65536, 262144, PLAIN, 65536, "largest"),
    (16384, 20000, PLAIN, 0, "trained for 20000"),
    (8192, 262144, PLAIN, 8192, "measured"),
    (16384, 262144, PLAIN, 0, "untried"),
    (8192, 262144, PLAIN, 0, "fits"),
    (8192, 262144, PLAIN, 16384, "fits"),
    (16384, 0, None, 0, "untried"),
]


@pytest.mark.parametrize(("window", "trained", "machine", "useful", "words"), WHY)
def test_why_it_is_this_window_is_said(
    window: int, trained: int, machine: Machine | None, useful: int, words: str
) -> None:
    assert window in WINDOWS
    assert words in why_window(window, trained, machine, useful)
