"""What an index of the council's records costs: `python bench/exact_match.py [PEOPLE] [FOLDER]`, 5 million by default.

Invents people, writes them as CSV, builds an index with three keys each (name and date of birth, name and postcode,
reference), and measures the building (time, memory, size), the opening, look-ups that find and that do not, and the
inspection of mails with and without it. Nothing is kept but where a FOLDER is named.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.records.index_table import NOTHING_REGISTERED, CouncilRecords, IndexTable, KeyMaker
from dlp_gateway.exact_index import build_index, index_path, open_records
from dlp_gateway.exact_index.mapping import RecordMapping
from dlp_gateway.exact_index.records import csv_records
from dlp_gateway.model import Area, Controls, Passage, Question
from dlp_gateway.rules_folder import load_texts

KEY = b"k" * 32
COLUMNS = ["id", "forename", "surname", "born", "postcode", "reference"]
MAPPING = RecordMapping.model_validate(
    {
        "columns": {
            "forename": "forename",
            "surname": "surname",
            "date_of_birth": "born",
            "postcode": "postcode",
            "reference": "reference",
        },
        "record": "id",
    }
)
LOOK_UPS = 200_000
SENTENCE = (
    "On 3 May 2019 Mrs Ann Woodbridge (born 12/03/1971, ref 4471234/78) of LS1 4AP met Tom Hallam of Leeds Housing and "
    "spoke of the boiler, the stairs and the garden; the next visit is on Tuesday. "
)


def people(count: int) -> Iterator[tuple[str, ...]]:
    """Invented people; one surname in twenty is double-barrelled."""
    chance = random.Random(1)
    letters = "bcdfghjklmnprstvw"
    given = [f"{a.upper()}{v}{b}{e}" for a in letters for v in "aeio" for b in "lnrst" for e in ("a", "y", "in", "")]
    family = [f"{a.upper()}{v}{b}{e}" for a in letters for v in "aeiou" for b in letters for e in ("ley", "son", "ton")]
    for number in range(count):
        surname = chance.choice(family) + (f"-{chance.choice(family)}" if number % 20 == 0 else "")
        born = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1930, 2022)}"
        home = f"LS{chance.randint(1, 29)} {chance.randint(1, 9)}{chance.choice('ABDEFGH')}{chance.choice('JLNPQRS')}"
        yield str(number), chance.choice(given), surname, born, home, f"A{number:09}"


def rss_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[int], object], count: int) -> float:
    """Microseconds for one."""
    started = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - started) / count * 1e6


def build(folder: Path, count: int) -> None:
    export = folder / "people.csv"
    if not export.exists():
        with export.open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS])
            csv.writer(file).writerows(people(count))
    print(f"{count:,} people, CSV of {export.stat().st_size / 2**20:.0f} MiB")
    before, started = rss_mib(), time.perf_counter()
    with csv_records(export) as records:
        report = build_index(index_path(folder, "people"), records, MAPPING, KeyMaker(KEY))
    seconds = time.perf_counter() - started
    print(
        f"build: {seconds:.0f} s, {report.entries:,} entries, {report.size_bytes / 1e6:.0f} MB (10^6 octets), ", end=""
    )
    print(f"memory {rss_mib():.0f} MiB at the most, {rss_mib() - before:.0f} of it for building")


def look_up(table: IndexTable, maker: KeyMaker) -> None:
    chance = random.Random(2)
    numbers = [chance.randrange(table.records) for _ in range(LOOK_UPS)]
    found = sum(bool(table.find(maker.key("reference", (f"A{number:09}",)))) for number in numbers[:1000])
    assert found == 1000, found
    hit = timed(lambda n: table.find(maker.key("reference", (f"A{numbers[n]:09}",))), LOOK_UPS)
    miss = timed(lambda n: table.find(maker.key("reference", (f"B{numbers[n]:09}",))), LOOK_UPS)
    key = timed(lambda n: maker.key("reference", (f"B{numbers[n]:09}",)), LOOK_UPS)
    print(f"look-up with its key: {hit:.1f} µs where it finds, {miss:.1f} µs where not; {key:.1f} µs of it for the key")


def inspect(records: CouncilRecords) -> None:
    texts = load_texts(None)
    mails = {
        "2 kB": SENTENCE * 10,
        "200 kB": SENTENCE * 1000,
        "200 kB table": "Surname\tForename\tBorn\tPostcode\tReference\n"
        + "".join(f"Woodb{n}\tAnn\t12/03/19{n % 90 + 10}\tLS1 4AP\tB{n:09}\n" for n in range(4500)),
    }
    question = Question(indexes=frozenset({"people"}))
    for name, text in mails.items():
        passages = (Passage(part="1", place="", text=text, area=Area.BODY, table="table" in name),)
        for what, given in (("without", NOTHING_REGISTERED), ("with", records)):
            detector = Detector(texts, names=False, fingerprint_key=KEY, records=given)
            detector.detect(passages, Controls(), question, {})
            seconds = timed(lambda _, d=detector, p=passages: d.detect(p, Controls(), question, {}), 3) / 1e6
            print(f"mail of {name}, names by rule, {what} the index: {seconds * 1000:.1f} ms")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory() as spare:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(spare)
        build(folder, count)
        started = time.perf_counter()
        records = open_records(folder, KEY)
        print(f"open and check: {time.perf_counter() - started:.2f} s")
        assert records.maker is not None
        look_up(records.indexes["people"], records.maker)
        inspect(records)


if __name__ == "__main__":
    main()
