"""What is true of bodies that come packed."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode
from connectors.reading import MEMBERS, read

MOST = 300_000


async def taken(packed: bytes, *cuts: int, encoding: str = "gzip", most: int = MOST) -> bytes:
    """Read a body that comes in pieces, cut at these places."""
    places = [0, *sorted(min(cut, len(packed)) for cut in cuts), len(packed)]

    async def pieces():
        for start, end in pairwise(places):
            if end > start:
                yield packed[start:end]

    return await read(pieces(), encoding, most)


@given(
    st.lists(st.binary(max_size=200) | st.just(b"0123456789" * 20_000), min_size=1, max_size=4),
    st.lists(st.integers(0, 3000), max_size=4),
    st.integers(0, 5),
)
async def test_several_members_are_one_body_wherever_it_is_cut_and_whatever_fills_the_last_block(
    bodies, cuts, filling
):
    packed = b"".join(map(gzip.compress, bodies)) + b"\0" * filling
    assert await taken(packed, *cuts, most=10**6) == gzip.decompress(packed) == b"".join(bodies)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b"rows") + b"more",
        gzip.compress(b"rows") + gzip.compress(b"more")[:-3],
        gzip.compress(b"rows")[:-1],
        gzip.compress(b"rows") + b"\x1f",
        gzip.compress(b"") * (MEMBERS + 1),
        b"",
    ],
)
async def test_what_does_not_unpack_to_its_end_is_unreadable_and_never_a_part_of_it(packed):
    for cuts in ((), (5, 20, 25)):
        with pytest.raises(SourceUnreadable) as caught:
            await taken(packed, *cuts)
        assert caught.value.code is NoticeCode.NOT_READABLE


async def test_the_cap_holds_over_all_members():
    with pytest.raises(SourceUnreadable) as caught:
        await taken(gzip.compress(b"x" * 200_000) * 2)
    assert caught.value.code is NoticeCode.TOO_LARGE
    assert len(await taken(gzip.compress(b"x" * 150_000) * 2)) == MOST


async def test_what_follows_a_deflated_body_is_not_passed_over():
    assert await taken(zlib.compress(b"rows"), encoding="deflate") == b"rows"
    with pytest.raises(SourceUnreadable):
        await taken(zlib.compress(b"rows") * 2, encoding="deflate")
