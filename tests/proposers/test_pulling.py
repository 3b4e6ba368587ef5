"""Pulling a model, over a real connection: the progress, and every way it can go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.errors import GitbuddyError, ModelUnavailable, UsageError
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.proposers.installed import list_models
from gitbuddy.proposers.machine import Machine
from gitbuddy.proposers.pulling import Progress, Room, checked_name, disk_of_server, pull, refuse_large, room_here
from gitbuddy.testing.ollama_server import OllamaServer
from gitbuddy.testing.pulls import Download

GIB = 1 << 30
NAME = "qwen3.5:9b"


def pulled(download: Download | None) -> list[Progress]:
    with OllamaServer() as server:
        server.downloads = {NAME: download} if download else {}
        return list(pull(Endpoint(server.url), NAME, lambda size, to_come: None))


def test_the_progress_is_told_and_the_model_is_installed() -> None:
    with OllamaServer() as server:
        server.downloads = {NAME: Download(size=400)}
        told = list(pull(Endpoint(server.url), NAME, lambda size, to_come: None))

        assert [(each.done, each.total) for each in told[:6]] == [
            (0, 0),
            *((n, 400) for n in (100, 200, 300, 400)),
            (400, 400),
        ]
        assert told[-1].status == "success"
        assert NAME in [model.name for model in list_models(Endpoint(server.url), 10)]


def test_asking_again_goes_on() -> None:
    assert pulled(Download(size=400, kept=200))[1].done == 250


WRONG = [
    (None, GitbuddyError, "no model of this name is offered: qwen3.5:9b", "library"),
    (Download(status=500, error="pull model manifest: file does not exist"), GitbuddyError, "no model of this", "look"),
    (
        Download(error="write blob: no space left on device"),
        GitbuddyError,
        "the disk of the server is full",
        "make room",
    ),
    (Download(cut=True), ModelUnavailable, "the download broke off: qwen3.5:9b", "ask again"),
    (Download(error="dial tcp: lookup registry: no such host"), ModelUnavailable, "could not pull qwen3.5:9b", "log"),
    (Download(status=404, error="page not found"), ModelUnavailable, "does not pull models", "buddy.endpoint"),
    (Download(raw=b"<html>\n"), ModelUnavailable, "does not pull models", "port"),
    (Download(raw=b"x" * 100_000), ModelUnavailable, "does not pull models", "port"),
    (Download(raw=b'{"status": "success"}'), ModelUnavailable, "broke off", "ask again"),
    (Download(raw=b'{"total": "much"}\n'), ModelUnavailable, "does not pull models", "port"),
    (Download(raw=b""), ModelUnavailable, "broke off", "ask again"),
]


@pytest.mark.parametrize(("download", "kind", "words", "hint"), WRONG)
def test_what_goes_wrong_is_one_sentence_with_a_next_step(
    download: Download | None, kind: type[GitbuddyError], words: str, hint: str
) -> None:
    with pytest.raises(kind) as caught:
        pulled(download)

    assert words in caught.value.message
    assert hint in caught.value.hint


def test_the_size_is_told_before_the_download_has_gone_far() -> None:
    def check(size: int, to_come: int) -> None:
        raise GitbuddyError(f"too large: {size}, {to_come} of it to come")

    with OllamaServer() as server:
        server.downloads = {NAME: Download(size=400, kept=100, steps=3)}

        with pytest.raises(GitbuddyError, match="too large: 400, 200 of it to come"):
            list(pull(Endpoint(server.url), NAME, check))


def test_a_server_that_is_down_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="no model server answers"):
        list(pull(Endpoint("http://127.0.0.1:9"), NAME, lambda size, to_come: None))


@pytest.mark.parametrize("name", ["qwen3.5:4b", "hf.co/me/Model-GGUF:Q4_K_M", "a"])
def test_a_name_is_a_name(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", "-x", "a b", "a\nb", "../x", "a" * 300, "ä:1b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="not the name of a model"):
        checked_name(name)


@pytest.mark.parametrize("name", ["qwen3.5:397b-cloud", "glm-5:cloud"])
def test_a_cloud_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="somebody else's computers"):
        checked_name(name)


PLAIN = Machine(16 * GIB, 12 * GIB)
LARGE = [
    (20 * GIB, Room(None, 10 * GIB), "free on the disk"),
    (20 * GIB, Room(PLAIN, 100 * GIB), "larger than memory"),
    (20 * GIB, Room(PLAIN), "larger than memory"),
]


@pytest.mark.parametrize(("size", "room", "words"), LARGE)
def test_a_model_that_is_too_large_is_said_before_the_download(size: int, room: Room, words: str) -> None:
    with pytest.raises(GitbuddyError, match=words) as caught:
        refuse_large(NAME, size, size, room)

    assert "--anyway" in caught.value.hint


@pytest.mark.parametrize(
    ("size", "room"), [(0, Room(PLAIN, 1)), (3 * GIB, Room(PLAIN, 10 * GIB)), (99 * GIB, Room(None))]
)
def test_what_fits_or_is_not_known_may_come(size: int, room: Room) -> None:
    refuse_large(NAME, size, size, room)


def test_what_is_there_already_needs_no_room() -> None:
    refuse_large(NAME, 6 * GIB, 2 * GIB, Room(PLAIN, 3 * GIB))


def test_the_disk_is_that_of_the_models(tmp_path: Path) -> None:
    assert disk_of_server({"OLLAMA_MODELS": str(tmp_path)}, tmp_path / "none") > 0
    assert disk_of_server({}, tmp_path) > 0
    assert disk_of_server({"OLLAMA_MODELS": str(tmp_path / "none")}, tmp_path / "none") == -1


def test_the_room_here_is_known() -> None:
    assert room_here(PLAIN).disk > 0
