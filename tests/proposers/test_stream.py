"""The bounds on a stream, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from briefs import reason

from gitbuddy.errors import Rejected
from gitbuddy.proposers.stream import Answer, Gathering, Piece, lines

CHUNKS: list[tuple[list[bytes], list[bytes]]] = [
    ([], []),
    ([b"a\nb\n"], [b"a\n", b"b\n"]),
    ([b"a", b"b", b"\n", b"c\n"], [b"ab\n", b"c\n"]),
    ([b"a\n\nb"], [b"a\n", b"\n", b"b"]),
    ([b"a\n", b"  "], [b"a\n"]),
    ([bytes([byte]) for byte in b"one\ntwo"], [b"one\n", b"two"]),
]


@pytest.mark.parametrize(("chunks", "expected"), CHUNKS)
def test_lines_come_out_whole_however_they_arrive(chunks: list[bytes], expected: list[bytes]) -> None:
    assert list(lines(chunks, 100)) == expected


def test_bytes_are_counted_over_all_lines() -> None:
    assert len(list(lines([b"12345678\n"] * 10, 90))) == 10
    with pytest.raises(Rejected) as caught:
        list(lines([b"12345678\n"] * 10, 89))

    assert reason(caught.value) == "runaway"


def test_the_server_is_asked_for_no_more_after_the_limit() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    with pytest.raises(Rejected):
        list(lines(endless(), 10_000))


def test_pieces_become_one_answer() -> None:
    told: list[int] = []
    gathering = Gathering(100, told.append)
    for piece in (Piece(thinking="hm"), Piece("a"), Piece("b"), Piece(finish="stop"), Piece(prompt_tokens=7)):
        gathering.add(piece)

    assert gathering.whole() == Answer("ab", "hm", "stop", 7, 3)
    assert told[0] == 1


def test_the_server_knows_better_how_many_tokens_it_wrote() -> None:
    gathering = Gathering(100, lambda _: None)
    gathering.add(Piece("a", output_tokens=9))

    assert gathering.whole().output_tokens == 9


@pytest.mark.parametrize("piece", [Piece("a"), Piece(thinking="a")])
def test_pieces_are_counted_against_the_token_limit(piece: Piece) -> None:
    gathering = Gathering(16, lambda _: None)
    for _ in range(16 * 5 // 4 + 64):
        gathering.add(piece)
    with pytest.raises(Rejected) as caught:
        gathering.add(piece)

    assert reason(caught.value) == "runaway"


def test_a_huge_piece_is_too_much_as_well() -> None:
    varied = "".join(f"{number}\n" for number in range(2000))
    with pytest.raises(Rejected):
        Gathering(16, lambda _: None).add(Piece(varied))


@pytest.mark.parametrize("piece", [Piece("and so on. "), Piece(thinking="and so on. ")])
def test_repetition_ends_it_long_before_the_token_limit(piece: Piece) -> None:
    gathering = Gathering(100_000, lambda _: None)
    with pytest.raises(Rejected, match="repeated itself"):
        repeat(gathering, piece, 1000)


def repeat(gathering: Gathering, piece: Piece, times: int) -> None:
    for _ in range(times):
        gathering.add(piece)
