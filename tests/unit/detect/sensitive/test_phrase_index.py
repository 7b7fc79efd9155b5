"""Where phrases stand, found by their words."""

from __future__ import annotations

import subprocess
import sys

_FINDS = """
from dlp_gateway.detect.sensitive.phrase_index import PhraseIndex
from dlp_gateway.detect.sensitive.phrases import read_phrase

words = "asthma diabetes epilepsy autism cancer stroke dementia arthritis psoriasis lupus".split()
index = PhraseIndex((read_phrase(word, {}), word) for word in words)
print([meaning for _, _, meaning in index.find(" and ".join(words).encode())])
"""


def test_what_is_found_comes_in_one_order_however_python_hashes() -> None:
    """Of two findings of equal weight the first counts: two runs must not differ in it."""

    def found(seed: int) -> str:
        command = [sys.executable, "-c", _FINDS]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": str(seed)}
        ).stdout

    first = found(1)
    assert first.count("'") == 20
    assert found(2) == found(3) == first
