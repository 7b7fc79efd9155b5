"""What detection costs: `python bench/detection.py [--only WORD]`. CPU seconds of one process, the whole way of a
worker: message parsed, text taken out, everything asked for.

*Rules* is without the language model: patterns, lists, names by rule. *Names* is with it. Each case runs in a process
of its own, so that *peak* is its own: the largest resident size, and how much of it came after loading. Mails of 2 kB
are made of the labelled and the clean mails of the accuracy tests, *ordinary* ones of the clean mails alone: no
personal data but names, greetings and signatures, as in most mail. Tables are invented. *Growth* is the time for twice
as much, divided by two: 1.0 is linear.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from itertools import cycle
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.accuracy.identifiers import KINDS, value_of
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import AskNames, Question
from dlp_gateway.one_thread import ONE_THREAD
from dlp_gateway.rules_folder import load_texts
from tests.accuracy.clean_mails import clean_mails
from tests.accuracy.labelled import Part, read_mails

_MAILS = 230
_WARMING = 30  # of them, before time is taken: a worker lives for thousands
_MAIL_CHARACTERS = 2000
_QUESTION = Question(names=AskNames.ALWAYS, own_domains=("council.example",))
_KINDS = {kind.entity: kind for kind in KINDS}
_COLUMNS = ("UK_POSTCODE", "PHONE_NUMBER", "UK_NHS", "UK_NINO")
_FIRST = ("Edith", "Mohammed", "Bronwen", "Joy", "Jan", "Siobhan", "Kwame", "Priya")
_LAST = ("Crowe", "Aslam", "Parry", "Mensah", "Zielinski", "Byrne", "Boateng", "Raman")


def bodies(*, ordinary: bool = False) -> Iterator[str]:
    """Texts of mails without end: two clean ones after each labelled one, or clean ones alone (`ordinary`)."""
    labelled = [] if ordinary else [mail for mail in read_mails() if mail.part is Part.DEVELOPMENT]
    plain = list(clean_mails(Part.DEVELOPMENT, 400))
    texts = cycle(mail.pieces[1].text for mail in labelled) if labelled else None
    for number, mail in enumerate(cycle(plain)):
        if texts is not None and number % 2 == 0:
            yield next(texts)
        yield mail.pieces[1].text


def text_of(characters: int, *, ordinary: bool = False) -> str:
    """A text of that many characters."""
    pieces: list[str] = []
    length = 0
    for body in bodies(ordinary=ordinary):
        pieces.append(body)
        length += len(body)
        if length >= characters:
            return "".join(pieces)[:characters]
    raise AssertionError  # there is always more


def mails(*, ordinary: bool = False) -> list[bytes]:
    """Messages with a body of 2,000 characters."""
    text = text_of(_MAILS * _MAIL_CHARACTERS, ordinary=ordinary)
    return [message(text[i : i + _MAIL_CHARACTERS]) for i in range(0, len(text), _MAIL_CHARACTERS)]


def message(body: str, *, csv: str | None = None) -> bytes:
    """A message with that body, and a table attached."""
    made = EmailMessage(policy=SMTP)
    made["From"] = "Office <office@council.example>"
    made["To"] = "desk@partner.example"
    made["Subject"] = "As asked"
    made.set_content(body)
    if csv is not None:
        made.add_attachment(csv, subtype="csv", filename="list.csv")
    return made.as_bytes()


def table(rows: int) -> str:
    """A list of people as a council exports it."""
    chance = Random(rows)
    lines = ["Ref,Forename,Surname,Date of birth,Address,Postcode,Telephone,NHS number,NI number,Notes"]
    for number in range(rows):
        names = f"{chance.choice(_FIRST)},{chance.choice(_LAST)}"
        born = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1935, 2018)}"
        values = ",".join(value_of(_KINDS[column], chance).written for column in _COLUMNS)
        lines.append(f"{number:06},{names},{born},{chance.randint(1, 99)} Mill Lane,{values},moved in {number % 12}")
    return "\n".join(lines) + "\n"


def csv_of(octets: int) -> str:
    """The first so many octets of such a list, whole lines."""
    return table(octets // 80)[:octets].rpartition("\n")[0] + "\n"


class Case:
    """One measurement in this process."""

    def __init__(self, *, names: bool) -> None:
        self._inspector = Inspector(load_texts(None), names=names, fingerprint_key=b"k" * 32)
        self.seconds(message("To warm up, Mr Smith."))
        gc.collect()
        gc.freeze()  # as in a worker: what was loaded is not looked at again
        self._loaded = _peak_mib()

    def reading(self, octets: bytes) -> float:
        """Seconds of parsing and taking out the text, without detection."""
        started = time.process_time()
        self._inspector.passages(octets)
        return time.process_time() - started

    def seconds(self, octets: bytes) -> float:
        started = time.process_time()
        self._inspector.inspect(octets, _QUESTION)
        return time.process_time() - started

    def result(self, **figures: float | str) -> dict[str, float | str]:
        peak = _peak_mib()
        return {**figures, "peak MiB": round(peak), "of it after loading": round(peak - self._loaded)}


def many(*, names: bool, ordinary: bool = False) -> dict[str, float | str]:
    """Median and 95th percentile of 2 kB mails, in milliseconds."""
    case = Case(names=names)
    messages = mails(ordinary=ordinary)
    for octets in messages[:_WARMING]:
        case.seconds(octets)
    times = sorted(case.seconds(octets) * 1000 for octets in messages[_WARMING:])
    reading = statistics.median(case.reading(octets) * 1000 for octets in messages)
    p95 = times[int(len(times) * 0.95)]
    return case.result(
        median=f"{statistics.median(times):.2f} ms", p95=f"{p95:.2f} ms", reading=f"{reading:.2f} ms of it"
    )


def one(make: Callable[[], bytes], half: Callable[[], bytes], *, names: bool) -> dict[str, float | str]:
    """Seconds of one message, and its growth over half of it."""
    case = Case(names=names)
    before = min(case.seconds(half()) for _ in range(2))
    seconds = case.seconds(make())
    return case.result(seconds=f"{seconds:.2f} s", growth=f"{seconds / before / 2:.2f}")


def _attached(csv: str) -> bytes:
    return message("Please see.", csv=csv)


CASES: dict[str, Callable[[], dict[str, float | str]]] = {
    "mail of 2 kB, rules": lambda: many(names=False),
    "mail of 2 kB, names": lambda: many(names=True),
    "ordinary mail of 2 kB, rules": lambda: many(names=False, ordinary=True),
    "ordinary mail of 2 kB, names": lambda: many(names=True, ordinary=True),
    "CSV of 200 kB": lambda: one(
        lambda: _attached(csv_of(200_000)), lambda: _attached(csv_of(100_000)), names=False
    ),
    "table of 100,000 rows": lambda: one(
        lambda: _attached(table(100_000)), lambda: _attached(table(50_000)), names=False
    ),
    "text of 5 MB, rules": lambda: one(
        lambda: message(text_of(5_000_000)), lambda: message(text_of(2_500_000)), names=False
    ),
    "text of 500 kB, names": lambda: one(
        lambda: message(text_of(500_000)), lambda: message(text_of(250_000)), names=True
    ),
}  # fmt: skip


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(CASES[options.case]()))
        return
    for name in CASES:
        if options.only not in name:
            continue
        command = [sys.executable, __file__, "--case", name]
        environment = os.environ | ONE_THREAD
        answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
        print(f"{name:28}", "   ".join(f"{key} {value}" for key, value in json.loads(answer).items()), flush=True)


if __name__ == "__main__":
    main()
