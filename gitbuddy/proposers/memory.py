"""How much memory a model needs with a window of so many tokens, and whether a machine has it. Pure.

    need = (weights + cache + work) * margin
    cache = window * sum over the layers that attend of: KV heads * (key length + value length) * 2 bytes

Weights are the file's bytes: it is mapped as it is. The cache is that of llama.cpp and Ollama with its default of
16-bit floats (ollama `fs/ggml/ggml.go`, GraphSize; llama.cpp `src/llama-kv-cache.cpp`). Layers with a sliding window
need less than this says, and models that do not tell their shape are guessed on the high side. `work` is an allowance
for buffers that follow the batch and the vocabulary, the margin one for all else: both are judgement, not measurement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gitbuddy.proposers.machine import Machine

GIB = 1 << 30
WINDOWS = (4096, 8192, 16384, 32768, 65536)
"""The only windows that are chosen by itself, in tokens: few, so that a server seldom has to load anew."""
UNMEASURED_ON_CARD = 32768
UNMEASURED = 16384
"""Largest window that is taken before `git buddy calibrate` has tried it: what fills it has to be read by the model,
which takes minutes without a card, and small models lose things in long windows."""
ELEMENT = 2
"""Bytes of one number of the cache."""
WORK = GIB // 2
WORK_SHARE = 0.05
MARGIN = 1.1
LEAST_USEFUL = 8192
"""Tokens: for a window of this size some layers may move to the processor, since a smaller one holds hardly a file."""
RESERVE = 2 * GIB
"""Bytes of the common memory that the system, git and the checks keep."""

Verdict = Literal["yes", "tight", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides on the size of a model's cache. `per_token` in bytes (0: not told), `trained` in tokens."""

    per_token: int = 0
    trained: int = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a model with a window runs here. `need` in bytes, `why` in a few words."""

    verdict: Verdict
    need: int
    why: str


def cache_of(layers: int, kv_heads: tuple[int, ...], key: int, value: int, interval: int = 1) -> int:
    """Bytes of cache per token of window.

    `kv_heads` stands for all layers if it is one number; `interval` says that every so manyth layer attends only.
    """
    heads = kv_heads if len(kv_heads) > 1 else kv_heads * layers
    attending = sum(heads) if len(kv_heads) > 1 else -(-sum(heads) // max(1, interval))
    return attending * (key + value) * ELEMENT


def guessed_cache(parameters: float) -> int:
    """Bytes per token for a model of so many billion parameters that does not tell its shape.

    Above all that were looked at: Llama 3 8B has 128 KiB, Qwen 3 4B 144 KiB, Qwen 2.5 14B 192 KiB, 32B 256 KiB.
    """
    return int(min(48 + 24 * parameters, 320) * 1024)


def need(weights: int, per_token: int, window: int) -> int:
    """Bytes that the model takes with this window."""
    work = WORK + int(weights * WORK_SHARE)
    return int((weights + per_token * window + work) * MARGIN)


def fit(needed: int, machine: Machine) -> Fit:
    """Whether so many bytes are there, and where.

    On the cards is best, in common memory is sound where there is no card; a model that has to be spread over both is
    slow, and so is one that pushes out what is running now: tight.
    """
    common = max(0, machine.memory - RESERVE)
    if not machine.memory and not machine.cards:
        return Fit("unknown", needed, "the memory of this machine cannot be read")
    if machine.video:
        if needed <= machine.video:
            return Fit("yes", needed, f"on the graphics card: {gib(needed)} of {gib(machine.video)}")
        if needed <= machine.video + common:
            words = f"{gib(needed)}, and the graphics card has {gib(machine.video)}: the rest runs on the processor"
            return Fit("tight", needed, words)
        return Fit("no", needed, f"{gib(needed)}, and card and memory leave {gib(machine.video + common)}")
    if needed > common:
        return Fit("no", needed, f"{gib(needed)}, and the memory leaves {gib(common)} of {gib(machine.memory)}")
    if needed > machine.free:
        return Fit("tight", needed, f"{gib(needed)}, and only {gib(machine.free)} are free at the moment")
    return Fit("yes", needed, f"in memory, on the processor: {gib(needed)} of {gib(machine.memory)}")


def window_for(weights: int, per_token: int, trained: int, machine: Machine | None, useful: int = 0) -> int:
    """The largest window that fits memory, what the model was trained for, and what was found useful; 0 for none.

    `machine` is None for a server elsewhere: nothing is known of its memory. `useful` is 0 where nobody measured.
    """
    bound = useful or (UNMEASURED_ON_CARD if machine and machine.video else UNMEASURED)
    sound = [window for window in WINDOWS if window <= bound and not 0 < trained < window]
    sound = sound or [WINDOWS[0]] if not 0 < trained < WINDOWS[0] else []
    if not sound or machine is None or not machine.memory:
        return max(sound, default=0)
    fits = [window for window in sound if fit(need(weights, per_token, window), machine).verdict != "no"]
    easy = max((window for window in fits if _is_easy(need(weights, per_token, window), machine)), default=0)
    if easy >= min(LEAST_USEFUL, max(sound)):
        return easy
    return min((window for window in fits if window >= LEAST_USEFUL), default=max(fits, default=0))


def why_window(window: int, trained: int, machine: Machine | None, useful: int = 0) -> str:
    """Why it is this window and no larger one, for people; the arguments are those of `window_for`."""
    larger = next((each for each in WINDOWS if each > window), 0)
    if not larger:
        return "the largest that gitbuddy uses"
    if 0 < trained < larger:
        return f"the model was trained for {trained}"
    if useful and larger > useful:
        return "measured"
    if not useful and larger > (UNMEASURED_ON_CARD if machine and machine.video else UNMEASURED):
        return "no larger one is taken untried: git buddy calibrate"
    return "no larger one fits"


def gib(size: int) -> str:
    """ "3.4 GiB"."""
    return f"{size / GIB:.1f} GiB"


def _is_easy(needed: int, machine: Machine) -> bool:
    """Whether it fits however much is in use at the moment, so that the same model gets the same window every time."""
    return needed <= (machine.video or machine.memory - RESERVE)
