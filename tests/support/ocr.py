"""Stand-ins for the program that reads pictures: one that runs it without a sandbox, and one that only looks."""

from __future__ import annotations

import io
import os
import subprocess
from dataclasses import dataclass, field

from PIL import Image

from dlp_gateway.extract.source import ProgramError
from dlp_gateway.model import GapReason


def tesseract(name: str, octets: bytes) -> bytes:
    """A `Run` as the gateway's own, but for the sandbox."""
    assert name == "ocr"
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    command = ["tesseract", "stdin", "stdout", "--psm", "1"]
    return subprocess.run(command, input=octets, capture_output=True, check=True, env=environment).stdout


@dataclass
class Onlooker:
    """A `Run` that keeps the pictures it is given, and reads a text of ours out of each: "PICTURE 1"."""

    pictures: list[Image.Image] = field(default_factory=list)

    def __call__(self, name: str, octets: bytes) -> bytes:
        assert name == "ocr"
        picture = Image.open(io.BytesIO(octets), formats=["PPM"])
        picture.load()
        assert picture.mode == "L"
        self.pictures.append(picture)
        return f"PICTURE {len(self.pictures)}\n\x0c".encode()


def unavailable(name: str, octets: bytes) -> bytes:
    """A `Run` where the program is not installed."""
    raise ProgramError(GapReason.UNSUPPORTED, "a file that only a program can read which is not installed here")
