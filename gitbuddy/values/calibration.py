"""What was measured of one model on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from gitbuddy.values.attempt import Think


@dataclass(frozen=True, slots=True)
class Identity:
    """The model that was measured, as narrowly as its server tells; another digest or server is another model.

    `digest` is empty where the server tells none, `server` is its product and version.
    """

    model: str
    endpoint: str
    digest: str = ""
    quantization: str = ""
    server: str = ""


ENOUGH = 9
"""Answers, three in each format, after which it is no accident that none could be used."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How one way of asking fared: `solved` of `asked`, with the tokens written and the seconds that took in all."""

    name: str
    solved: int
    asked: int
    tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured of a model, and what follows. `at` is the day (ISO).

    `window` is the largest that was seen to work, in tokens, and `samples` how many answers at once are worth it; 0
    means not measured. `prompt_rate` and `output_rate` are tokens a second, `loading` seconds; 0: not measured.
    `max_thinking` goes with `think`. `tallies` are what the choices rest on, `notes` say in sentences what could not
    be measured.
    """

    identity: Identity
    at: str
    format: str
    think: Think = "off"
    max_thinking: int = 0
    window: int = 0
    samples: int = 0
    prompt_rate: float = 0.0
    output_rate: float = 0.0
    loading: float = 0.0
    tallies: tuple[Tally, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether any answer of the model could be used at all."""
        return any(tally.solved for tally in self.tallies)

    @property
    def hopeless(self) -> bool:
        """Whether so many answers, of which none could be used, speak against the model and not against the moment."""
        return not self.usable and sum(tally.asked for tally in self.tallies) >= ENOUGH
