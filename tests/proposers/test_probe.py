"""What is asked of a server, what is believed, and when it is asked anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.errors import ModelUnavailable, UsageError
from gitbuddy.proposers.probe import Capabilities, probe
from gitbuddy.proposers.trying import PROOF
from gitbuddy.testing.ollama_server import OllamaServer, Reply, ServedModel
from gitbuddy.values import Tier

HELD = json.dumps({"answer": PROOF})
"""The answer of a model that was held to the schema."""


def tier(server: OllamaServer, model: str = "qwen3.5:4b", proposer: str = "ollama") -> Tier:
    return Tier("fast", proposer, model, server.url)


def test_ollama_is_asked_and_a_schema_is_tried() -> None:
    with OllamaServer([HELD]) as server:
        found = probe(tier(server))
        (request,) = server.requests

    assert found == Capabilities(
        server="ollama 0.32.9",
        digest=ServedModel("qwen3.5:4b").digest,
        window=262_144,
        structured=True,
        thinking=False,
        fim=False,
        tokenizer=False,
        slots=0,
        remote=False,
    )
    assert (request.window, request.body["truncate"], request.body["shift"]) == (8192, False, False)


def test_an_answer_that_is_only_json_by_itself_proves_nothing() -> None:
    with OllamaServer(['{"answer": "yes"}']) as server:
        assert not probe(tier(server)).structured


def test_a_model_works_only_once_for_it(tmp_path: Path) -> None:
    with OllamaServer([HELD]) as server:
        first = probe(tier(server), tmp_path)

        assert probe(tier(server), tmp_path) == first
        assert len(server.requests) == 1


Change = Callable[[OllamaServer, Path], None]


def damaged(server: OllamaServer, folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(b"\xff{")


def older(server: OllamaServer, folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_text(file.read_text().replace('"format":1', '"format":0'))


def gone(server: OllamaServer, folder: Path) -> None:
    (file,) = folder.iterdir()
    file.unlink()


@pytest.mark.parametrize("change", [damaged, older, gone], ids=lambda change: change.__name__)
def test_what_is_remembered_and_unusable_is_asked_anew(change: Change, tmp_path: Path) -> None:
    with OllamaServer([HELD, HELD]) as server:
        first = probe(tier(server), tmp_path)
        change(server, tmp_path)

        assert probe(tier(server), tmp_path) == first
        assert len(server.requests) == 2


def test_a_call_that_came_to_no_end_is_not_remembered(tmp_path: Path) -> None:
    busy = Reply(status=503, headers={"Retry-After": "0"})
    with OllamaServer([busy] * 4 + [Reply(HELD)]) as server:
        assert not probe(tier(server), tmp_path).structured
        assert probe(tier(server), tmp_path).structured


def test_a_model_on_other_computers_is_not_made_to_work() -> None:
    with OllamaServer([HELD], models=[ServedModel("far", remote=True)]) as server:
        found = probe(tier(server, "far"))

        assert (found.remote, found.structured, server.requests) == (True, False, [])


def test_an_unknown_model_is_named() -> None:
    with OllamaServer() as server, pytest.raises(ModelUnavailable, match="model not installed: nothing"):
        probe(tier(server, "nothing"))


def test_a_proposer_without_a_server_cannot_be_asked() -> None:
    with pytest.raises(UsageError, match="no server to ask: replay"):
        probe(Tier("fast", "replay", "file"))
