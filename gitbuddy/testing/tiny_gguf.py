"""A language model in a third of a megabyte, made here: it knows nothing, and the real llama.cpp loads it.

Its weights are random, its 256 words are the bytes, and it only ever says printable ASCII and line feeds unless a
grammar makes it say more. A byte is a token, and a blank is three, so counts are easy to foresee. Needs `gguf`, of the
extra `dev`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

NAMED = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
END = NAMED.index("</s>")
TYPES = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * 4 + [gguf.TokenType.BYTE] * 256
SAID = {10, *range(32, 127)}
"""Bytes that it says by itself."""
NEVER = -50.0
"""A weight that keeps a word from being said."""
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
HEADS = 4
CUE = "<|answer|>"
"""Ends every prompt of a model that says one thing."""
LOUD = 40.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How large and how talkative it is. One that never `ends` talks until it is stopped; one that `says` something
    answers every question with it.
    """

    layers: int = 1
    width: int = 64
    window: int = 1 << 17
    ends: bool = True
    says: str = ""


SLOW = Shape(layers=8, width=512, window=1 << 15, ends=False)
"""135 MB, some 150 tokens a second, and no end: for time-outs and for calls that are given up."""


def write(path: Path, shape: Shape = Shape()) -> Path:
    """Write the model to `path`; the same bytes each time."""
    writer = gguf.GGUFWriter(path, "llama")
    _describe(writer, shape)
    for name, tensor in (_parrot(shape) if shape.says else _tensors(shape)).items():
        writer.add_tensor(f"{name}.weight", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer: gguf.GGUFWriter, shape: Shape) -> None:
    words, types = [*NAMED, *(f"<0x{byte:02X}>" for byte in range(256))], list(TYPES)
    if shape.says:
        # One word for all of it; a vocabulary of this type writes blanks as U+2581.
        words += [CUE, shape.says.replace(" ", "\u2581")]
        types += [gguf.TokenType.CONTROL, gguf.TokenType.NORMAL]
    writer.add_context_length(shape.window)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(_inner(shape))
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // HEADS)
    writer.add_vocab_size(len(words))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words)
    writer.add_token_scores([0.0] * len(words))
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE + (CUE if shape.says else ""))


def _tensors(shape: Shape) -> dict[str, np.ndarray]:
    """The weights by their names in llama.cpp. The first column of the embedding lets `NEVER` take hold."""
    source, width, inner = np.random.default_rng(0), shape.width, _inner(shape)
    ones = np.ones(width, np.float32)

    def noise(*size: int) -> np.ndarray:
        return (source.standard_normal(size) * 0.05).astype(np.float32)

    tensors = {"token_embd": noise(len(TYPES), width), "output_norm": ones, "output": noise(len(TYPES), width)}
    tensors["token_embd"][:, 0] = 1
    silent = [word for word in range(len(TYPES)) if word - len(NAMED) not in SAID]
    tensors["output"][[word for word in silent if word != END or not shape.ends], 0] = NEVER
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        tensors |= {f"{block}attn_norm": ones, f"{block}ffn_norm": ones}
        tensors |= {f"{block}attn_{part}": noise(width, width) for part in ("q", "k", "v", "output")}
        tensors |= {f"{block}ffn_{part}": noise(inner, width) for part in ("gate", "up")}
        tensors[f"{block}ffn_down"] = noise(width, inner)
    return tensors


def _parrot(shape: Shape) -> dict[str, np.ndarray]:
    """Weights that make the last word decide on the next: after the cue comes the one thing, and then the end."""
    tensors = {
        name: np.zeros_like(tensor) if "norm" not in name else tensor for name, tensor in _tensors(shape).items()
    }
    cue, thing = len(TYPES), len(TYPES) + 1
    embedding, output = (np.zeros((thing + 1, shape.width), np.float32) for _ in range(2))
    embedding[:, 0] = 1
    for said, following in ((cue, thing), (thing, END)):
        column = said - cue + 1
        embedding[said, 0], embedding[said, column], output[following, column] = 0, 1, LOUD
    return {**tensors, "token_embd": embedding, "output": output}


def _inner(shape: Shape) -> int:
    return shape.width * (2 if shape.layers == 1 else 4)
