"""Estimates that learn from what a server counted: never below what was seen, and never poisoned by a count too low."""

from __future__ import annotations

from pathlib import Path

import pytest
from briefs import a_brief, ask_ollama, reason

from gitbuddy.errors import Rejected
from gitbuddy.proposers.counts import KEPT, MOST_FILES, Counts, calibrated, class_of
from gitbuddy.proposers.ollama import Ollama
from gitbuddy.proposers.tokens import Estimate, estimate, tokens_of
from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply, ServedModel

CODE = "    total = compute(first, second)\n" * 200
SAFE = tokens_of(CODE)
RUSSIAN = "сумма = вычислить(первый, второй)\n" * 200


@pytest.fixture
def counts(tmp_path: Path) -> Counts:
    return Counts(tmp_path / "counts")


def test_what_was_counted_makes_the_estimate_tighter(counts: Counts) -> None:
    for counted in (1900, 2000, 1800):
        counts.remember("d", CODE, counted)
    known = calibrated(CODE, counts.recall("d"))

    assert 2000 < known.most < SAFE
    assert 1000 <= known.least < 1800


def test_one_call_does_not_make_it_tighter_yet(counts: Counts) -> None:
    counts.remember("d", CODE, 2000)

    assert calibrated(CODE, counts.recall("d")) == estimate(CODE)


def test_a_denser_tokenizer_makes_it_higher_at_once(counts: Counts) -> None:
    counts.remember("d", CODE, SAFE * 2)

    assert calibrated(CODE, counts.recall("d")).most > SAFE * 2


def test_it_is_never_below_the_densest_prompt_seen(counts: Counts) -> None:
    for counted in (1300, SAFE, 1300, 1300, 1300):
        counts.remember("d", CODE, counted)

    assert calibrated(CODE, counts.recall("d")).most >= SAFE


def test_counts_without_what_was_cached_do_not_poison_it(counts: Counts) -> None:
    for counted in (1, 50, 900, 900, 900, 900):
        counts.remember("d", CODE, counted)
    known = calibrated(CODE, counts.recall("d"))

    assert all(counted == 900 for pairs in counts.recall("d").values() for _, counted in pairs)
    assert known.most >= len(CODE) / 4 * 0.99


def test_a_small_prompt_teaches_nothing(counts: Counts) -> None:
    """Of its count the chat template is too large a part."""
    assert counts.remember("d", "x" * 100, 99) == {}


def test_other_scripts_are_counted_by_themselves(counts: Counts) -> None:
    for _ in range(3):
        counts.remember("d", CODE, 1900)

    assert class_of(RUSSIAN) != class_of(CODE)
    assert calibrated(RUSSIAN, counts.recall("d")) == estimate(RUSSIAN)


def test_models_are_known_by_their_digest(counts: Counts) -> None:
    for _ in range(3):
        counts.remember("d", CODE, 1900)

    assert counts.recall("e") == {}
    assert counts.remember("", CODE, 1900) == {}


def test_only_so_many_calls_and_models_are_kept(counts: Counts) -> None:
    for number in range(KEPT + 5):
        counts.remember("d", CODE, 1500 + number)
    for number in range(MOST_FILES + 5):
        counts.remember(f"model {number}", CODE, 1900)
    assert counts.folder is not None

    assert [len(pairs) for pairs in counts.recall(f"model {MOST_FILES}").values()] == [1]
    assert len(list(counts.folder.iterdir())) == MOST_FILES


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b'{"schema": 9, "seen": {}}',
    b'{"schema": 1, "seen": {"0": [[1]]}}',
    b'{"schema": 1, "seen": {"0": [["1", "2"]]}}',
    b'{"schema": 1, "seen": {"0": [[1000, 0]]}}',
    b'{"schema": 1, "seen": {"0": [[0, 0]]}}',
    b'{"schema": 1, "seen": {"0": [[10, 100000]]}}',
    b'{"schema": 1, "seen": {"x": []}}',
    b'{"schema": 1, "seen": 7}',
    b"[" * 70_000,
]


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_file_is_as_good_as_none(counts: Counts, data: bytes) -> None:
    counts.remember("d", CODE, 1900)
    assert counts.folder is not None
    (file,) = counts.folder.iterdir()
    file.write_bytes(data)

    assert counts.recall("d") == {}
    assert len(counts.remember("d", CODE, 1900)) == 1


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    counts = Counts(tmp_path / "file" / "counts")

    assert len(counts.remember("d", CODE, 1900)) == 1
    assert counts.recall("d") == {}


def test_a_model_is_estimated_from_its_own_calls(tmp_path: Path) -> None:
    tier = a_brief().tier
    with OllamaServer(script=lambda request: Reply("fine", prompt_tokens=1900)) as server:
        proposer = Ollama(server.url, counts=tmp_path)
        before = proposer.tokens(CODE, tier)
        for _ in range(3):
            ask_ollama(server, a_brief(CODE), counts=tmp_path)

        assert proposer.tokens(CODE, tier) == before == SAFE  # this one has looked already
        assert 1900 < Ollama(server.url, counts=tmp_path).tokens(CODE, tier) < SAFE


def test_another_model_under_the_name_starts_anew(tmp_path: Path) -> None:
    tier = a_brief().tier
    with OllamaServer(script=lambda request: Reply("fine", prompt_tokens=1900)) as server:
        for _ in range(3):
            ask_ollama(server, a_brief(CODE), counts=tmp_path)
        server.models[tier.model] = ServedModel(tier.model, revision="2")

        assert Ollama(server.url, counts=tmp_path).tokens(CODE, tier) == SAFE


def test_what_is_known_of_a_model_shows_a_cut_that_the_safe_estimate_cannot(tmp_path: Path) -> None:
    """The server has silently taken a smaller window than the one asked for, and cut to its half."""
    prompt = CODE + "    total = compute(first, second)\n" * 60
    counted = [1900, 1900, 1900, 1200]

    def script(request: ChatRequest) -> Reply:
        return Reply("fine", prompt_tokens=counted[len(server.requests) - 1])

    with OllamaServer(script=script) as server:
        proposer = Ollama(server.url, counts=tmp_path)
        for _ in range(3):
            proposer.propose(a_brief(CODE), lambda event: None)
        assert estimate(prompt).least < 1200
        with pytest.raises(Rejected) as caught:
            proposer.propose(a_brief(prompt), lambda event: None)

    assert reason(caught.value) == "window-cut"


def test_a_server_that_is_not_there_is_no_reason_to_raise(tmp_path: Path) -> None:
    assert Ollama("http://127.0.0.1:9", counts=tmp_path).tokens(CODE, a_brief().tier) == SAFE


def test_nothing_is_kept_without_a_folder() -> None:
    assert Counts(None).remember("d", CODE, 1900) == {}
    assert isinstance(calibrated(CODE, {}), Estimate)
