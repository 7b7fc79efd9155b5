"""What reads clear text opens no socket, and has nothing loaded that could speak for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.untraced import untraced_environment

PROGRAM = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(event) if event.startswith("socket.") else None)
from pathlib import Path
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import AskNames, Question
root = Path(sys.argv[1])
texts = {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in root.rglob("*") if p.is_file()}
inspector = Inspector(texts, names=True, fingerprint_key=b"k" * 32)
opened.clear()  # a library tries at import whether the machine has IPv6
mail = b"From: a@council.example\\r\\nTo: b@x.example\\r\\nSubject: s\\r\\n\\r\\n" + sys.argv[2].encode()
inspection = inspector.inspect(mail, Question(names=AskNames.ALWAYS, surroundings=True))
print(sorted({f.entity for f in inspection.findings}))
print(opened)
print(sorted(sys.modules))
import socket
socket.socket().close()
print(opened)
"""
RULES = Path(__file__).parents[3] / "rules"
TEXT = (
    "Dear Mrs Begum,\r\n\r\nNHS number 943 476 5919, write to jane.smith@mail.example or ring 07700 900123; see\r\n"
    "https://www.example.org/page, 10.0.0.1, card 4111 1111 1111 1111, LS1 3AD, London.\r\n"
)


@pytest.fixture(scope="module")
def said() -> list[list[str]]:
    """What the program prints: entities, sockets opened by inspection, modules, sockets opened when one was meant."""
    command = [sys.executable, "-c", PROGRAM, str(RULES), TEXT]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=300, env=untraced_environment()
    )  # fmt: skip
    return [ast.literal_eval(line) for line in ran.stdout.splitlines()]


def test_inspection_opens_no_socket(said: list[list[str]]) -> None:
    """Some libraries look up domains or fetch lists of suffixes at the first address that they meet."""
    assert {"EMAIL_ADDRESS", "PERSON"} <= set(said[0])
    assert said[1] == []


def test_the_watch_would_see_one(said: list[list[str]]) -> None:
    assert "socket.__new__" in said[3]


@pytest.mark.parametrize("client", ["http.client", "requests", "urllib3", "ssl", "asyncio", "spacy.cli.download"])
def test_no_client_of_a_network_is_loaded(said: list[list[str]], client: str) -> None:
    assert "spacy" in said[2]
    assert client not in said[2]
