from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.keys import Keys
from dlp_gateway.store.spool import CHUNK_BYTES, Spool

KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"", mark=b"")

near_borders = st.builds(
    lambda chunks, more: max(0, chunks * CHUNK_BYTES + more), st.integers(0, 3), st.integers(-3, 3)
)


@given(size=near_borders | st.integers(0, 200), filler=st.binary(min_size=1, max_size=40))
def test_what_was_sealed_opens_unchanged(size: int, filler: bytes) -> None:
    octets = (filler * (size // len(filler) + 1))[:size]
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder), KEYS, "b00t")
        assert spool.unseal(spool.seal(octets)) == octets
