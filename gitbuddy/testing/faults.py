"""Fault profiles of the test server: what real servers and models have been seen to do wrong, by name.

    with OllamaServer(["a sound reply"], fault="half-window") as server: ...

or `python -m gitbuddy.testing.ollama_server --fault half-window`. The tests of the engine have one test for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gitbuddy.testing.replies import ChatRequest, Reply

Spoil = Callable[[ChatRequest, Reply], Reply]
"""Makes of a sound reply to this question what the client gets instead."""


def sound(request: ChatRequest, reply: Reply) -> Reply:
    """Spoil nothing: the fault is the server's own."""
    return reply


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong; `words` say which.

    `load` are the seconds for loading a model with a window that it was not loaded with. `slots` answers are given at
    once (0: any number) while up to `queue` more questions wait. `replaced` puts another model under the name while it
    answers.
    """

    words: str
    spoil: Spoil = sound
    load: float = 0.0
    slots: int = 0
    queue: int = 512
    replaced: bool = False


def _half_window(request: ChatRequest, reply: Reply) -> Reply:
    return replace(reply, prompt_tokens=request.window // 2 + 2)


def _overflow(request: ChatRequest, reply: Reply) -> Reply:
    words = f"request ({request.window + 100} tokens) exceeds the available context size ({request.window} tokens)"
    return Reply(status=400, error=words)


def _tool_call(request: ChatRequest, reply: Reply) -> Reply:
    call = '{"name": "read_file", "arguments": {"path": "calc.py"}}'
    return replace(reply, text=f"<tool_call>\n{call}\n</tool_call>")


def _unparsed(request: ChatRequest, reply: Reply) -> Reply:
    return Reply(status=500, error="error parsing tool call: raw='{\"name\":', err=unexpected end of JSON input")


def _endless_thinking(request: ChatRequest, reply: Reply) -> Reply:
    steps = (f"Wait, step {number} may be wrong. " for number in range(20_000))
    return replace(reply, thinking="".join(steps))


def _reasoning_inside(request: ChatRequest, reply: Reply) -> Reply:
    decoy = reply.text.replace("+", "/")
    return replace(reply, text=f"<think>\nFirst I thought of this:\n{decoy}\nBut no.\n</think>\n\n{reply.text}")


def _garbage(request: ChatRequest, reply: Reply) -> Reply:
    begun = b'{"message":{"role":"assistant","content":"calc.py"},"done":false}\n'
    return Reply(raw=begun + bytes(range(128, 256)) * 8 + b"\n")


def _retry_after(request: ChatRequest, reply: Reply) -> Reply:
    strange = ("-5", "86400", "soon", "Wed, 21 Oct 2099 07:28:00 GMT", "9" * 400)
    when = strange[len(request.prompt) % len(strange)]
    return Reply(status=503, error="server busy, please try again", headers={"Retry-After": when})


def _redirect(request: ChatRequest, reply: Reply) -> Reply:
    return Reply(status=307, headers={"Location": "/api/generate"})


FAULTS: Mapping[str, Fault] = {
    "half-window": Fault("cuts the prompt to half the window, says 200 and counts what is left", _half_window),
    "overflow": Fault("refuses the prompt as too long with status 400, whatever its length", _overflow),
    "reload": Fault("takes 20 seconds to load a model for each window that it is not loaded with", load=20.0),
    "tool-call": Fault("writes a call of a tool as text instead of edits", _tool_call),
    "parse-500": Fault("cannot read what its own model wrote, and says 500", _unparsed),
    "endless-thinking": Fault("thinks until the last token, in a field of its own", _endless_thinking),
    "reasoning-inside": Fault("reasons between tags inside the answer, with a wrong edit in it", _reasoning_inside),
    "slow-first-byte": Fault("begins to answer after an hour", lambda _, reply: replace(reply, delay=3600.0)),
    "drip": Fault("sends one byte in ten seconds", lambda _, reply: replace(reply, drip=10.0)),
    "cut": Fault("breaks the connection in the middle of the answer", lambda _, reply: replace(reply, cut_after=5)),
    "garbage": Fault("goes on with bytes that are no text", _garbage),
    "huge-body": Fault("sends five gigabytes without a line feed", lambda *_: Reply(raw=b"x" * 65536, size=5 << 30)),
    "replaced-model": Fault("has another model under the name as soon as it has answered", replaced=True),
    "one-slot": Fault("answers one question at a time and turns away all others with 503", slots=1, queue=0),
    "busy": Fault("is always busy, with a Retry-After that makes no sense", _retry_after),
    "redirect": Fault("redirects every question", _redirect),
}
"""By name. Times are those of the real thing; a server may go through them faster, at another `pace`."""
