"""A GGUF file as a model: loaded once, closed to others, and ended with us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from briefs import a_brief, reason, silence

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.embedded import HOUSE, PROGRAM, Embedded
from gitbuddy.proposers.gguf_file import read
from gitbuddy.values import Brief, Event, Tier

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def empty_house() -> Iterator[None]:
    """Each test begins and ends with nothing loaded."""
    HOUSE.close()
    yield
    HOUSE.close()


def tier(model: Path, **fields: Any) -> Tier:
    settings = {"window": 4096, "max_output": 256, "timeout": 300.0} | fields
    return Tier("fast", "embedded", str(model), **settings)


def brief(model: Path, **fields: Any) -> Brief:
    """One that any model can answer, since the schema makes it."""
    return replace(a_brief(), tier=tier(model, **fields), schema=SCHEMA)


def test_a_file_answers_and_is_named_with_its_digest(tiny: Path) -> None:
    proposal = Embedded().propose(brief(tiny), silence)

    assert json.loads(proposal.reply)["answer"] in ("yes", "no")
    assert proposal.usage.model == f"tiny@{read(tiny).digest[:12]}"
    assert 0 < proposal.usage.loading < proposal.usage.seconds


def test_it_is_loaded_once_for_a_window(tiny: Path) -> None:
    first, second = (Embedded().propose(brief(tiny), silence) for _ in range(2))
    Embedded().propose(brief(tiny, window=2048), silence)

    assert (first.usage.loading > 0, second.usage.loading) == (True, 0)
    assert sorted(place[1] for place in HOUSE.loaded) == [2048, 4096]


def test_a_text_is_counted_by_the_models_own_tokenizer(tiny: Path) -> None:
    assert Embedded().tokens("12345", tier(tiny)) == 5


def test_without_a_model_a_text_is_estimated(tmp_path: Path) -> None:
    assert Embedded().tokens("abcdef", tier(tmp_path / "missing.gguf")) == 2


def test_one_call_at_a_time_has_the_whole_window_and_its_memory_is_not_taken_more_than_once(tiny: Path) -> None:
    found = Embedded().capabilities(tier(tiny, calls=3))

    assert (found.slots, found.window, found.structured, found.tokenizer) == (1, 4096, True, True)
    assert found.digest == read(tiny).digest


def test_what_it_can_do_is_remembered_under_the_file_and_not_under_the_port_of_a_run(
    tiny: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        Embedded(known=tmp_path).propose(brief(tiny), silence)
        Embedded(known=tmp_path).capabilities(tier(tiny))
        HOUSE.close()

    assert len(list(tmp_path.iterdir())) == 1


def test_counting_does_not_load_a_file_anew_for_every_text(tiny: Path) -> None:
    proposer = Embedded()
    counted = [proposer.tokens("abcdef", tier(tiny, timeout=seconds)) for seconds in (0.001, 300.0)]

    assert (counted, HOUSE.loaded) == ([2, 2], {})

    proposer.propose(brief(tiny), silence)

    assert proposer.tokens("abcdef", tier(tiny)) == 6


def test_nobody_else_may_ask_it(tiny: Path) -> None:
    Embedded().propose(brief(tiny), silence)
    (running,) = HOUSE.loaded.values()
    asked = httpx.get(f"{running.asked.endpoint}/props", trust_env=False)

    assert asked.status_code == 401
    assert running.asked.key not in repr(running)
    assert running.asked.endpoint.startswith("http://127.0.0.1:")


def test_a_call_that_is_given_up_leaves_the_model_ready(endless: Path) -> None:
    def give_up(event: Event) -> None:
        if event.name == "model_tokens":
            raise KeyboardInterrupt

    asked = replace(a_brief(), tier=tier(endless, window=8192, max_output=8000))
    with pytest.raises(KeyboardInterrupt):
        Embedded().propose(asked, give_up)
    with pytest.raises(Rejected) as caught:
        Embedded().propose(replace(asked, tier=replace(asked.tier, max_output=64)), silence)

    assert reason(caught.value) == "truncated"
    assert len(HOUSE.loaded) == 1


def test_a_model_that_ends_in_the_middle_is_said_and_loaded_anew(endless: Path) -> None:
    def end(event: Event) -> None:
        if event.name == "model_tokens":
            (running,) = HOUSE.loaded.values()
            running.process.kill()
            running.process.wait()

    asked = replace(a_brief(), tier=tier(endless, window=8192, max_output=8000))
    with pytest.raises(ModelUnavailable, match="ended in the middle of a call"):
        Embedded().propose(asked, end)

    assert Embedded().propose(brief(endless, window=8192), silence).reply


def test_it_ends_with_the_process_that_started_it(tiny: Path) -> None:
    program = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from gitbuddy.proposers.embedded import HOUSE\n"
        "from gitbuddy.values import Tier\n"
        "with HOUSE.lend(Tier('fast', 'embedded', sys.argv[1]), None) as running:\n"
        "    print(running.process.pid, running.asked.endpoint, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tiny)], capture_output=True, text=True, check=False)
    _, address = ended.stdout.split()

    assert (ended.returncode, ended.stderr) == (-9, "")
    assert gone(address)


def test_it_ends_in_the_middle_of_loading_too(tiny: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.gguf"
    large.write_bytes(tiny.read_bytes())
    os.truncate(large, 1 << 42)  # takes minutes to read
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    command = [sys.executable, "-P", "-m", PROGRAM, "--model", str(large)]
    with subprocess.Popen(command, stdin=pipe, stdout=nowhere, stderr=nowhere) as process:
        try:
            assert process.stdin is not None
            process.stdin.write(b"key\n")
            process.stdin.flush()
            wait_until_mapped(process.pid, large)
            process.stdin.close()

            assert process.wait(5) != 0
        finally:
            process.kill()


def wait_until_mapped(pid: int, file: Path) -> None:
    pause = threading.Event()
    for _ in range(1200):
        if str(file) in Path(f"/proc/{pid}/maps").read_text():
            return
        pause.wait(0.05)
    raise AssertionError("it does not load")


def gone(address: str) -> bool:
    """Whether nothing answers there any more; it takes a moment until a process has seen that its input ended."""
    pause = threading.Event()
    for _ in range(1200):
        try:
            httpx.get(f"{address}/health", trust_env=False)
        except httpx.TransportError:
            return True
        pause.wait(0.05)
    return False


def test_a_folder_that_is_the_current_one_brings_no_module(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").write_text("raise SystemExit('a stranger was run')")
    monkeypatch.chdir(tmp_path)

    assert Embedded().propose(brief(tiny), silence).reply


def test_what_llama_cpp_says_stays_off_the_terminal(tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Embedded().propose(brief(tiny), silence)

    assert capfd.readouterr() == ("", "")


def test_a_file_that_llama_cpp_cannot_load_is_said_with_its_reason(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.gguf").write_bytes(tiny.read_bytes()[:100_000])

    with pytest.raises(ModelUnavailable) as caught:
        Embedded().propose(brief(tmp_path / "cut.gguf"), silence)

    assert caught.value.message.startswith("llama.cpp cannot load the model (")
    assert "not within the file bounds" in caught.value.message
    assert caught.value.message.endswith("cut.gguf")
    assert caught.value.hint


def test_a_model_larger_than_memory_is_refused_before_it_is_loaded(tiny: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.gguf"
    large.write_bytes(tiny.read_bytes())
    os.truncate(large, 1 << 42)  # a sparse file: it takes no room

    with pytest.raises(ModelUnavailable, match="the model does not fit into memory") as caught:
        Embedded().propose(brief(large), silence)

    assert "smaller model" in caught.value.hint
    assert HOUSE.loaded == {}


def test_a_window_larger_than_memory_is_refused_too(endless: Path) -> None:
    with pytest.raises(ModelUnavailable, match="does not fit into memory"):
        Embedded().propose(brief(endless, window=1 << 32), silence)


def test_idle_models_make_room(tiny: Path, tmp_path: Path) -> None:
    Embedded().propose(brief(tiny), silence)
    large = tmp_path / "large.gguf"
    large.write_bytes(tiny.read_bytes())
    os.truncate(large, 1 << 42)
    with pytest.raises(ModelUnavailable):
        Embedded().propose(brief(large), silence)

    assert HOUSE.loaded == {}


def test_without_the_extra_people_are_told_what_to_install(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)

    with pytest.raises(ModelUnavailable, match="not installed: xllamacpp") as caught:
        Embedded().propose(brief(tiny), silence)

    assert "gitbuddy[embedded]" in caught.value.hint


def test_a_model_that_takes_too_long_to_load_is_given_up(tiny: Path) -> None:
    with pytest.raises(ModelUnavailable, match="was not loaded within"):
        Embedded().propose(brief(tiny, timeout=0.001), silence)

    assert HOUSE.loaded == {}
