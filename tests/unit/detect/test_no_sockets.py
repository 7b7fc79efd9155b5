from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
import socket
if sys.argv[3:]:
    socket.socket().close()
print(opened)
"""
RULES = Path(__file__).parents[3] / "rules"
TEXT = (
    "Dear Mrs Begum,\r\n\r\nNHS number 943 476 5919, write to jane.smith@mail.example or ring 07700 900123; see\r\n"
    "https://www.example.org/page, 10.0.0.1, card 4111 1111 1111 1111, LS1 3AD, London.\r\n"
)


def run(*more: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, str(RULES), TEXT, *more]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()


def test_inspection_opens_no_socket() -> None:
    """Some libraries look up domains or fetch lists of suffixes at the first address that they meet."""
    entities, opened = run()
    assert "EMAIL_ADDRESS" in entities
    assert "PERSON" in entities
    assert opened == "[]"


def test_the_watch_would_see_one() -> None:
    assert "socket.__new__" in run("open one")[1]
