"""Tiny models, and the real llama.cpp server that runs them, for the whole of a test session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitbuddy.testing import tiny_gguf
from gitbuddy.testing.llama_server import LlamaServer

WINDOW = 4096


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that loads in no time; a byte is a token."""
    return tiny_gguf.write(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model that talks until it is stopped."""
    shape = tiny_gguf.Shape(layers=2, width=256, ends=False)
    return tiny_gguf.write(tmp_path_factory.mktemp("models") / "endless.gguf", shape)


@pytest.fixture(scope="session")
def llama(tiny: Path) -> Iterator[LlamaServer]:
    """The real server, unscripted, with two slots of `WINDOW` tokens."""
    with LlamaServer(tiny, window=WINDOW, slots=2) as server:
        yield server
