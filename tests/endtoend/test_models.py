"""`git buddy models` and `git buddy calibrate`: what people see, and every wrong turn with its next step."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from calibration.pupil import right
from keyed import keyed
from sample import MODEL, Project, Ran

from gitbuddy.cli.root import BUG, run_command_line
from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply, ServedModel
from gitbuddy.testing.pulls import Download

SMALL = ServedModel("qwen3.5:4b", 3_400_000_000, "4.3B", capabilities=("completion", "thinking"))
HUGE = ServedModel("qwen3.6:27b", 1 << 46, "27B")
CLOUD = ServedModel("glm-5:cloud", 0)


def buddy(server: OllamaServer | str, *arguments: str, cwd: Path = Path("/")) -> Ran:
    """The command line in this process: starting one takes longer than most of what is looked at here."""
    url = server if isinstance(server, str) else server.url
    before = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        patch.setenv("OLLAMA_HOST", url)
        code = run_command_line(["-C", str(cwd), *arguments])
    signal.signal(signal.SIGTERM, before)
    assert code != BUG, err.getvalue()
    return Ran(code, out.getvalue(), err.getvalue())


def facts(server: OllamaServer | str) -> Any:
    return buddy(server, "models", "--json").json()


def test_what_is_installed_and_what_follows_is_shown() -> None:
    with OllamaServer(models=[SMALL, HUGE, CLOUD]) as server:
        ran = buddy(server, "models")
        found = facts(server)

    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert ran.code == 0
    assert [(row[0], row[4]) for row in rows] == [
        ("qwen3.5:4b", "yes"),
        ("qwen3.6:27b", "no"),
        ("glm-5:cloud", "remote"),
    ]
    assert rows[0][-2:] == ["no", "Apache-2.0"]
    assert ran.err.startswith("machine   ")
    assert "tier      fast: qwen3.5:4b, whole-file, window " in ran.err
    assert "left out  qwen3.6:27b: " in ran.err
    assert [tier["model"] for tier in found["tiers"]] == ["qwen3.5:4b"]
    assert [model["fits"] for model in found["models"][:2]] == ["yes", "no"]
    assert found["machine"]["memory"] > 0


def test_a_server_that_is_down_leaves_what_would_be_right_here() -> None:
    ran = buddy("http://127.0.0.1:9", "models")

    assert ran.code == 4
    assert "error: no model server answers at: http://127.0.0.1:9\nhint: start it" in ran.err
    assert "here      install one: ollama pull " in ran.err
    assert facts("http://127.0.0.1:9")["pull"]


def test_an_empty_server_says_what_to_install() -> None:
    with OllamaServer(models=[]) as server:
        ran = buddy(server, "models")

    assert ran.code == 4
    assert "error: no usable model is installed at this Ollama" in ran.err
    assert "hint: install one: ollama pull " in ran.err


def test_a_machine_too_small_for_all_says_so() -> None:
    with OllamaServer(models=[HUGE]) as server:
        ran = buddy(server, "models")

    assert ran.code == 4
    assert "error: no installed model fits this machine: qwen3.6:27b needs" in ran.err


def test_a_capability_that_is_not_known_is_said() -> None:
    with OllamaServer(models=[ServedModel("qwen3.5:4b", capabilities=("completion", "telepathy"))]) as server:
        ran = buddy(server, "models")

    assert ran.code == 0
    assert (
        "note      the server names a capability that this version does not know, and makes no use of it: tel"
        in ran.err
    )


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    do_POST = do_GET  # noqa: N815 -- the name of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
        """Say nothing."""


@contextmanager
def a_web_page() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("arguments", [("models",), ("models", "pull", "qwen3.5:4b"), ("calibrate",)])
def test_another_product_on_the_port_is_named(arguments: tuple[str, ...]) -> None:
    with a_web_page() as url:
        ran = buddy(url, *arguments)

    assert ran.code == 4
    assert "error: " in ran.err
    assert "hint: " in ran.err


def configured(folder: Path, **settings: str) -> Path:
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    for name, value in settings.items():
        subprocess.run(["git", "config", f"buddy.{name.replace('__', '.')}", value], cwd=folder, check=True)
    return folder


def test_the_server_of_a_configured_tier_is_asked_too(tmp_path: Path) -> None:
    with OllamaServer(models=[SMALL]) as server:
        repo = configured(
            tmp_path,
            tiers="fast",
            tier__fast__proposer="openai",
            tier__fast__model=SMALL.name,
            tier__fast__endpoint=server.url,
        )
        ran = buddy("http://127.0.0.1:9", "models", cwd=repo)

    assert ran.code == 0
    assert ran.out.split("\t")[0] == SMALL.name
    assert ran.out.split("\t")[4] == "served"


def test_a_configured_model_that_is_not_installed_is_said(tmp_path: Path) -> None:
    with OllamaServer(models=[SMALL]) as server:
        repo = configured(tmp_path, endpoint=server.url, tiers="fast", tier__fast__model="absent:7b")
        ran = buddy(server, "models", cwd=repo)

    assert ran.code == 4
    assert "error: model not installed: absent:7b, for tier fast\nhint: git buddy models pull absent:7b" in ran.err
    assert "here      install one" not in ran.err


@pytest.mark.parametrize("arguments", [("models",), ("models", "pull", "small:2b"), ("calibrate", "--seconds", "5")])
def test_a_server_that_wants_a_key_is_given_it(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITBUDDY_API_KEY", "sk-secret-1")
    with OllamaServer(models=[SMALL], script=right) as server, keyed(server.url, "sk-secret-1") as proxy:
        server.downloads["small:2b"] = Download(1000)
        ran = buddy(proxy.url, *arguments)

    assert (ran.code, proxy.strangers) == (0, 0), ran.err
    assert "sk-secret-1" not in ran.out + ran.err


def test_a_server_whose_key_is_missing_says_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITBUDDY_API_KEY", raising=False)
    with OllamaServer(models=[SMALL]) as server, keyed(server.url, "sk-secret-1") as proxy:
        ran = buddy(proxy.url, "models")

    assert ran.code == 4
    assert "wants a valid key (status 401)" in ran.err
    assert "GITBUDDY_API_KEY" in ran.err


def test_a_model_that_is_a_file_is_looked_at_and_measured(tmp_path: Path, tiny: Path) -> None:
    repo = configured(tmp_path, tiers="fast", tier__fast__proposer="embedded", tier__fast__model=str(tiny))
    shown = buddy("http://127.0.0.1:9", "models", cwd=repo)
    ran = buddy("http://127.0.0.1:9", "calibrate", "--seconds", "20", "--json", cwd=repo)

    assert (shown.code, shown.out.split("\t")[0]) == (0, str(tiny))
    assert ran.code == 0, ran.err
    assert ran.json()[0]["identity"]["server"].startswith("xllamacpp ")
    assert ran.json()[0]["tallies"]


def test_a_file_that_is_no_model_is_said(tmp_path: Path) -> None:
    repo = configured(tmp_path, tiers="fast", tier__fast__proposer="embedded", tier__fast__model="/etc/hostname")

    for command in ("models", "calibrate"):
        ran = buddy("http://127.0.0.1:9", command, cwd=repo)

        assert ran.code == 4
        assert "hint: " in ran.err


def test_two_windows_for_one_model_are_refused(tmp_path: Path) -> None:
    both = {f"tier__{name}__model": SMALL.name for name in ("fast", "deep")}
    windows = {"tier__fast__window": "8k", "tier__deep__window": "16k"}
    repo = configured(tmp_path, tiers="fast deep", **both, **windows)
    ran = buddy("http://127.0.0.1:9", "models", cwd=repo)

    assert "error: two tiers ask for one model with two windows" in ran.err
    assert "hint: give both the same window" in ran.err


def test_a_task_is_not_begun_with_a_window_larger_than_the_models(project: Project) -> None:
    for name, value in (("tiers", "fast"), ("tier.fast.model", MODEL), ("tier.fast.window", "1m")):
        project.repo.git("config", f"buddy.{name}", value)
    ran = project.buddy("run", "--kind", "fix", "-f", "calc.py", "--sandbox", "external", "Mend it.")

    assert ran.code == 2
    assert "error: the window of tier fast is larger than that of its model: 1048576 and 262144" in ran.err
    assert "hint: set `window` of the tier to 262144 at most" in ran.err
    assert project.server.requests == []


def test_a_model_is_pulled_with_plain_lines() -> None:
    with OllamaServer(models=[]) as server:
        server.downloads = {"qwen3.5:2b": Download(size=2_700_000, steps=50)}
        ran = buddy(server, "models", "pull", "qwen3.5:2b")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == "installed qwen3.5:2b"
    assert 10 <= len(ran.err.splitlines()) <= 20


WRONG = [
    (("nothing-of-this-name",), 1, "no model of this name is offered"),
    (("a:cloud",), 2, "runs on somebody else's computers"),
    (("a b",), 2, "not the name of a model"),
    (("x:900000b",), 1, "larger than memory"),
    (("much",), 1, "larger than what is free on the disk"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG)
def test_a_pull_that_cannot_be_is_one_sentence_with_a_next_step(
    arguments: tuple[str, ...], code: int, words: str
) -> None:
    with OllamaServer(models=[]) as server:
        server.downloads = {"much": Download(size=1 << 50)}
        ran = buddy(server, "models", "pull", *arguments)
        kept = "much" in server.models

    assert ran.code == code
    assert words in ran.err
    assert "hint: " in ran.err
    assert kept == (arguments == ("much",))


def test_a_model_that_is_too_large_can_be_pulled_anyway() -> None:
    with OllamaServer(models=[]) as server:
        server.downloads = {"much": Download(size=1 << 50)}
        ran = buddy(server, "models", "pull", "--anyway", "much")

    assert ran.code == 0


def test_a_model_is_measured_and_the_cascade_follows() -> None:
    with OllamaServer(models=[SMALL], script=right) as server:
        ran = buddy(server, "calibrate", "--seconds", "60")
        shown = buddy(server, "calibrate", "--show", "--json").json()
        found = facts(server)

    assert ran.code == 0, ran.err
    assert ran.out.split("\t")[0] == SMALL.name
    assert "measuring qwen3.5:4b, at most 60 s" in ran.err
    assert shown[0]["identity"]["digest"] == SMALL.digest
    assert found["models"][0]["calibration"] == shown[0]
    assert found["tiers"][0]["format"] == shown[0]["format"]
    assert found["tiers"][0]["window"] == shown[0]["window"]


def test_another_digest_is_another_model() -> None:
    with OllamaServer(models=[SMALL], script=right) as server:
        buddy(server, "calibrate", "--seconds", "60")
        server.models = {SMALL.name: ServedModel(SMALL.name, revision="new")}

        assert facts(server)["models"][0]["calibration"] is None


def test_a_configured_tier_is_completed_by_what_was_measured(tmp_path: Path) -> None:
    repo = configured(tmp_path, tiers="fast", tier__fast__model=SMALL.name, tier__fast__samples="3")
    with OllamaServer(models=[SMALL], script=right) as server:
        buddy(server, "calibrate", "--seconds", "60", cwd=repo)
        tier = buddy(server, "models", "--json", cwd=repo).json()["tiers"][0]
        shown = buddy(server, "calibrate", "--show", "--json").json()[0]

    assert (tier["format"], tier["samples"]) == (shown["format"], 3)


def test_a_model_that_answers_nothing_usable_is_said_and_not_chosen() -> None:
    with OllamaServer(models=[SMALL], script=lambda request: "no") as server:
        ran = buddy(server, "calibrate", "--seconds", "60")
        after = buddy(server, "models")

    assert ran.code == 0
    assert "note: no answer could be used, in any format" in ran.err
    assert f"error: no answer of an installed model could be used when it was measured: {SMALL.name}" in after.err
    assert f"hint: measure it again (git buddy calibrate --model {SMALL.name})" in after.err
    assert f"left out  {SMALL.name}: no answer could be used when it was measured" in after.err


def test_a_server_that_breaks_off_a_measurement_does_not_cost_the_model_its_place() -> None:
    broken = [Reply("no"), Reply("no"), Reply(status=500, error="the runner has stopped")]
    with OllamaServer(broken, models=[SMALL]) as server:
        ran = buddy(server, "calibrate", "--seconds", "60")
        after = facts(server)

    assert "note: the server stopped answering" in ran.err
    assert [tier["model"] for tier in after["tiers"]] == [SMALL.name]


def test_a_damaged_measurement_is_measured_anew(sealed: Path) -> None:
    with OllamaServer(models=[SMALL], script=right) as server:
        buddy(server, "calibrate", "--seconds", "60")
        (path,) = (sealed / ".cache/gitbuddy/calibration").glob("*.json")
        path.write_text(path.read_text()[:100])
        shown = buddy(server, "calibrate", "--show")
        again = buddy(server, "calibrate", "--seconds", "60")

    assert "note: damaged or of an older version, to be measured anew" in shown.err
    assert "note: what was measured before cannot be read" in again.err
    assert json.loads(path.read_text())["version"] == 1


def test_a_server_too_slow_for_the_time_is_said() -> None:
    with OllamaServer(models=[SMALL], script=lambda request: Reply("late", delay=60.0)) as server:
        ran = buddy(server, "calibrate", "--seconds", "5")

    assert ran.code == 1
    assert "error: no answer came within 5 s, so nothing was measured" in ran.err
    assert "hint: give it more time" in ran.err


def test_nothing_measured_is_said() -> None:
    ran = buddy("http://127.0.0.1:9", "calibrate", "--show")

    assert (ran.code, ran.out) == (0, "")
    assert "nothing was measured yet: git buddy calibrate" in ran.err


REFUSED = [
    (("--model", "absent:7b"), 4, "model not installed: absent:7b"),
    (("--model", "glm-5:cloud"), 2, "runs on somebody else's computers"),
    (("--model", "qwen3.6:27b"), 2, "does not fit this machine"),
    (("--tier", "absent"), 2, "no tier of this name asks a model: absent"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSED)
def test_what_cannot_be_measured_is_refused_with_a_next_step(arguments: tuple[str, ...], code: int, words: str) -> None:
    with OllamaServer(models=[SMALL, HUGE, CLOUD], script=right) as server:
        ran = buddy(server, "calibrate", *arguments)

        assert server.requests == []
    assert ran.code == code
    assert f"error: {words}" in ran.err or words in ran.err
    assert "hint: " in ran.err


def interrupted(server: OllamaServer, begun: threading.Event) -> tuple[int, str]:
    """`git buddy calibrate` in a process of its own, which gets Ctrl-C when `begun` is set."""
    command = [sys.executable, "-m", "gitbuddy", "calibrate"]
    environment = os.environ | {"OLLAMA_HOST": server.url}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert begun.wait(60)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    return process.returncode, said.decode()


def test_an_interruption_keeps_what_is_known_and_never_less() -> None:
    begun, answers = threading.Event(), [9]

    def script(request: ChatRequest) -> Reply | str:
        answers[0] -= 1
        if answers[0] >= 0:
            return right(request)
        begun.set()
        return Reply("slow", delay=60.0)

    with OllamaServer(models=[SMALL], script=script) as server:
        code, said = interrupted(server, begun)
        first = buddy(server, "calibrate", "--show", "--json").json()
        begun.clear()
        answers[0] = 2
        interrupted(server, begun)
        second = buddy(server, "calibrate", "--show", "--json").json()

    assert code == 130
    assert "note: interrupted before all was measured" in said
    assert [tally["asked"] for tally in first[0]["tallies"]] == [3, 3, 3]
    assert second == first


def test_an_interrupted_pull_is_no_alarm() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        command = [sys.executable, "-m", "gitbuddy", "models", "pull", "qwen3.5:2b"]
        environment = os.environ | {"OLLAMA_HOST": url}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
            connection, _ = deaf.accept()
            with connection:
                connection.recv(1)
                process.send_signal(signal.SIGINT)
                _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert said.decode().splitlines()[-1] == "interrupted; ask again: what has come so far is kept"
