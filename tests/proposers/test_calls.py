"""Places for calls, shared by processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from briefs import a_brief, silence

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.calls import CallLimit, held
from gitbuddy.proposers.ollama import Ollama
from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer
from gitbuddy.values import Event

HOLD = """
import sys, time
from pathlib import Path
from gitbuddy.proposers.calls import CallLimit
with CallLimit(Path(sys.argv[1]), "deep", 1).hold("job", lambda event: None):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(directory: Path) -> subprocess.Popen[bytes]:
    """Another process that holds the only place of `deep`."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(directory)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_as_many_places_as_calls(tmp_path: Path) -> None:
    limit = CallLimit(tmp_path, "fast", 2, patience=0.0)
    with limit.hold("a", silence), limit.hold("b", silence), pytest.raises(ModelUnavailable) as caught:
        limit.hold("c", silence).__enter__()

    assert caught.value.message == "all 2 places for calls stay taken, tier: fast"
    with limit.hold("d", silence):
        pass


def test_tiers_do_not_share_places(tmp_path: Path) -> None:
    with CallLimit(tmp_path, "fast", 1).hold("a", silence), CallLimit(tmp_path, "deep", 1, 0.0).hold("b", silence):
        pass


def test_a_killed_process_gives_its_place_back(tmp_path: Path) -> None:
    events: list[Event] = []
    process = holder(tmp_path)
    with pytest.raises(ModelUnavailable):
        CallLimit(tmp_path, "deep", 1, patience=0.1).hold("job", events.append).__enter__()
    end(process)
    with CallLimit(tmp_path, "deep", 1, patience=10.0).hold("job", events.append):
        pass

    assert [(event.name, event.job, event.data["tier"]) for event in events][:1] == [("model_call_wait", "job", "deep")]


def test_waiting_is_told_once_and_ends_when_a_place_is_free(tmp_path: Path) -> None:
    events: list[Event] = []
    process = holder(tmp_path)
    timer = threading.Timer(0.4, process.kill)
    timer.start()
    with CallLimit(tmp_path, "deep", 1, patience=30.0).hold("job", events.append):
        pass
    timer.join()
    process.communicate()

    assert [event.name for event in events] == ["model_call_wait"]


@pytest.mark.parametrize("name", ["../../evil", "", "Großer Tier", "a/b", "x" * 500])
def test_any_tier_name_stays_inside_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "calls"
    with CallLimit(folder, name, 1).hold("a", silence):
        pass

    assert [path.parent for path in tmp_path.rglob("*.lock")] == [folder]


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "fast.0.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"), CallLimit(tmp_path, "fast", 1).hold("a", silence):
        pass

    assert not (tmp_path / "elsewhere").exists()


def test_a_place_is_not_inherited_by_children(tmp_path: Path) -> None:
    with CallLimit(tmp_path, "fast", 1).hold("a", silence):
        child = subprocess.Popen(["sleep", "60"])
    with CallLimit(tmp_path, "fast", 1, patience=0.0).hold("b", silence):
        pass
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


def test_a_proposer_keeps_to_the_places_of_its_tier(tmp_path: Path) -> None:
    most, now, lock = [0], [0], threading.Lock()

    def script(request: ChatRequest) -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.05)
        with lock:
            now[0] -= 1
        return "fine"

    with OllamaServer(script=script) as server:
        proposer = Ollama(server.url, tmp_path)
        threads = [
            threading.Thread(target=proposer.propose, args=(a_brief(f"{n}", calls=2), silence)) for n in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(server.requests) == 5
    assert most == [2]


def test_no_folder_counts_nothing() -> None:
    with held(None, a_brief(), silence):
        pass
