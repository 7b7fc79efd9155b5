"""Answers of web servers that are in memory already, read by the library's reader."""

from __future__ import annotations

import http.client
import io
from typing import Any, cast


def answer_of(octets: bytes) -> http.client.HTTPResponse:
    """The answer, its head read. Raises http.client.HTTPException or ValueError where it is no HTTP; so may reading
    its content."""
    answer = http.client.HTTPResponse(cast(Any, _Held(octets)))
    answer.begin()
    return answer


class _Held:
    """Octets in the place of a socket."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def makefile(self, *_mode: str) -> io.BytesIO:
        return io.BytesIO(self._octets)
