"""What a server tells of itself and of a model, before any model has to work for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers import quirks
from gitbuddy.proposers.answers import Asker, decoded, find, number, words
from gitbuddy.proposers.installed import is_remote, list_models
from gitbuddy.proposers.refusals import ELSEWHERE, no_listing

THOUGHTS = ("<think", "enable_thinking", "reasoning_content", "<|channel|>")
"""What a chat template has in it when its model can think."""
INSTALL = "start the server with this model, or set the tier's model to one that it lists under /v1/models"


@dataclass(frozen=True, slots=True)
class Told:
    """Facts, each empty where it was not told. `kind` is one of `quirks`, "" for Ollama's own protocol.

    `serves` is the model that will really answer. `window` is what one call may take. `structured` and `fim` are None
    where only a call can show them.
    """

    kind: str = ""
    server: str = ""
    serves: str = ""
    digest: str = ""
    window: int = 0
    thinking: bool = False
    structured: bool | None = None
    fim: bool | None = None
    tokenizer: bool = False
    slots: int = 0
    remote: bool = False


def by_ollama(asker: Asker) -> Told:
    """What Ollama's own protocol tells. The window is what the model was trained for: each call sets its own.

    Raises `ModelUnavailable`.
    """
    model = asker.model
    if is_remote(model):
        return Told(serves=model, structured=False, fim=False, remote=True)
    installed = {each.name: each for each in list_models(asker.server, asker.deadline.left)}
    known = installed.get(model) or installed.get(f"{model}:latest")
    if known is None:
        raise ModelUnavailable(f"model not installed: {model}", f"ollama pull {model}")
    status, body = asker.post("/api/show", {"model": known.name})
    shown = decoded(body) if status == 200 else None
    able = find(shown, "capabilities")
    able = able if isinstance(able, list) else []
    return Told(
        server=f"ollama {words(find(asker.get('/api/version'), 'version'))}".strip(),
        serves=known.name,
        digest=known.digest,
        window=_trained(find(shown, "model_info")),
        thinking="thinking" in able,
        structured=False if known.remote else None,
        fim="insert" in able,
        remote=known.remote,
    )


def by_openai(asker: Asker) -> Told:
    """What an OpenAI-compatible server tells. Raises `ModelUnavailable`, also where no model server is."""
    listed = _listed(asker)
    asker.model = asker.model or (listed[0] if listed else "")
    if not asker.model:
        raise ModelUnavailable(f"no model is set and the server does not list any: {asker.server.url}", INSTALL)
    kind = quirks.kind_of(asker)
    thinking = quirks.told(asker, kind.thinking)
    version = words(quirks.told(asker, kind.version))
    return Told(
        kind=kind.name,
        server=f"{kind.name} {version}".strip() if kind.sign else "",
        serves=words(quirks.told(asker, kind.serves)) or asker.model,
        window=number(quirks.told(asker, kind.window)),
        thinking=any(word in thinking for word in THOUGHTS) if isinstance(thinking, str) else bool(thinking),
        fim=None if kind.fill else False,
        tokenizer=bool(kind.tokenize),
        slots=number(quirks.told(asker, kind.slots)),
        remote=is_remote(asker.model),
    )


def _listed(asker: Asker) -> list[str]:
    """The names under /v1/models; raises for what can only be another product."""
    status, body = asker.status("/v1/models")
    if refused := no_listing(status, body, asker.server.url):
        raise refused
    listing = decoded(body) if status == 200 else None
    asker.known["/v1/models"] = listing
    if status == 200 and not isinstance(find(listing, "data"), list):
        hint = f"another program answers there; {ELSEWHERE} the server"
        raise ModelUnavailable(f"what answers there is something else and no model server: {asker.server.url}", hint)
    data: list[Any] = find(listing, "data") or []
    if status == 200 and not data:
        raise ModelUnavailable(f"the server has no model: {asker.server.url}", INSTALL)
    return [name for each in data if (name := words(find(each, "id")))]


def _trained(facts: Any) -> int:
    """The window a model was trained for: Ollama names it after the architecture."""
    told = facts if isinstance(facts, dict) else {}
    return next((number(told[name]) for name in told if str(name).endswith(".context_length")), 0)
