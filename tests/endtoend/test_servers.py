"""The other ways to a model, from the command line: a GGUF file without a server, and a real llama.cpp server."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from products import Product, models, serving
from sample import RIGHT, WRONG, Project

from gitbuddy.testing import tiny_gguf
from gitbuddy.testing.llama_server import LlamaServer

Again = Callable[[], str]
FIX = ("run", "--kind", "fix", "-f", "calc.py", "Make add add.")
NONE: Mapping[str, str] = {}


def one_tier(project: Project, proposer: str, model: str = "m", endpoint: str = "") -> None:
    """A cascade of one tier; the tiny model needs a wide window, since its tokens are bytes."""
    settings = {"proposer": proposer, "model": model, "endpoint": endpoint, "window": "32768"}
    project.repo.git("config", "buddy.tiers", "fast")
    for name, value in settings.items():
        if value:
            project.repo.git("config", f"buddy.tier.fast.{name}", value)


def test_a_gguf_file_lands_a_task_without_any_server(project: Project, untouched: Again, tmp_path: Path) -> None:
    model = tiny_gguf.write(tmp_path / "parrot.gguf", tiny_gguf.Shape(says=RIGHT))
    one_tier(project, "embedded", str(model))
    project.server.close()
    untouched()

    ran = project.buddy(*FIX, "--json")

    assert ran.code == 0, ran.err
    assert ran.json()["attempts"][0]["model"].startswith("parrot@")
    assert "return a + b" in project.content(project.branches()[0])
    assert "llama" not in ran.err


def test_a_real_llama_cpp_server_is_told_what_was_wrong_and_lands(
    project: Project, untouched: Again, tiny: Path
) -> None:
    with LlamaServer(tiny, [WRONG, RIGHT]) as server:
        one_tier(project, "openai", "qwen3.5:4b", server.url)
        untouched()
        ran = project.buddy(*FIX, "--json")
        _, second = server.requests

    assert ran.code == 0, ran.err
    assert [attempt["model"] for attempt in ran.json()["attempts"]] == ["tiny", "tiny"]
    assert "It was undone" in second.prompt
    assert "return a + b" in project.content(project.branches()[0])


def refused(project: Project, words: str, hint: str, extra: Mapping[str, str] = NONE) -> None:
    """One clear sentence, what to do next, exit code 4, and nothing landed."""
    ran = project.buddy(*FIX, extra=extra)

    errors = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert (ran.code, len(errors), project.branches()) == (4, 1, []), ran.err
    assert words in errors[0]
    assert hint in ran.err.partition("\nhint: ")[2]


PAGES: list[tuple[str, Any, str, str]] = [
    ("HTML from a proxy", b"<html><body>Sign in</body></html>", "is a web page and no model server", "a proxy"),
    ("another product", {"status": "green"}, "is something else and no model server", "`endpoint` of the tier"),
]


@pytest.mark.parametrize(("name", "page", "words", "hint"), PAGES, ids=[row[0] for row in PAGES])
def test_what_is_no_model_server(
    project: Project, untouched: Again, name: str, page: Any, words: str, hint: str
) -> None:
    with serving(Product({"/v1/models": page})) as product:
        one_tier(project, "openai", endpoint=product.url)
        untouched()
        refused(project, words, hint)


def test_a_server_without_models(project: Project, untouched: Again) -> None:
    with serving(Product({"/v1/models": models()})) as product:
        one_tier(project, "openai", endpoint=product.url)
        untouched()
        refused(project, "the server has no model", "start the server with")


def test_a_file_that_is_no_model(project: Project, untouched: Again, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_text("<html>404</html>")
    one_tier(project, "embedded", str(tmp_path / "model.gguf"))
    untouched()

    refused(project, f"this is not a GGUF file: {tmp_path}/model.gguf", "ends in .gguf")


def test_a_model_larger_than_memory(project: Project, untouched: Again, tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "large.gguf").write_bytes(tiny.read_bytes())
    os.truncate(tmp_path / "large.gguf", 1 << 42)
    one_tier(project, "embedded", str(tmp_path / "large.gguf"))
    untouched()

    refused(project, "does not fit into memory", "smaller model")


def test_ctrl_c_ends_an_embedded_model_in_the_middle_of_its_answer(
    project: Project, untouched: Again, endless: Path
) -> None:
    one_tier(project, "embedded", str(endless))
    untouched()
    process = project.start(*FIX, "--log-format", "json")
    assert process.stderr
    assert any(b'"event": "model_tokens"' in line for line in process.stderr)

    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)

    assert (process.returncode, project.branches()) == (130, []), rest
    assert b"Traceback" not in rest
    assert project.buddy("log", "--json").json()[0]["state"] == "queued"
