"""How well personal data is found, beside stock presidio-analyzer in the same process.

    python -m bench.accuracy --mails                         our own labelled mails (tests/accuracy/mails)
    python -m bench.accuracy --shared SYNTH.json             presidio-research's sentences, given by path
    python -m bench.accuracy --mails --ours --errors PERSON  only ours (half the time); what it missed (-), found
                                                             wrongly (+), of one type, of several (A,B) or of ALL
    python -m bench.accuracy --shared SYNTH.json --confusion which type was taken for which
    python -m bench.accuracy --clean                         false alarms on ordinary mails
                                                             (with --errors ALL each of them, "!" if high)
    python -m bench.accuracy --variants                      typed recall on disguised identifiers
    python -m bench.accuracy --mails --capitals              the same documents written in CAPITALS

The same hash divides every set: about 70 in 100 are for development (the default of --part), the others are sealed:
they are counted once, at the end, and their errors are never listed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import clean, variants
from .comparison import Read, System, confusion, errors, read, rows
from .documents import Document, in_capitals, mail_documents, of_part, shared_documents
from .matching import RULES
from .ours import Ours
from .report import as_json, confusion_tables, markdown, table
from .scheme import MAILS, SHARED, Scheme


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.part != "development" and (options.errors or options.confusion):
        print("errors are listed of the development part only", file=sys.stderr)
        return 2
    sets: list[tuple[str, list[Document], Scheme]] = []
    if options.mails:
        sets.append(("mails", of_part(mail_documents(), options.part), MAILS))
    if options.shared:
        sets.append(("shared", of_part(shared_documents(options.shared), options.part), SHARED))
    if not sets and not options.clean and not options.variants:
        print("nothing to measure: see --help", file=sys.stderr)
        return 2
    systems = _systems(options) if sets else []
    report: dict[str, Any] = {}
    if options.clean:
        report["clean"] = _clean(options)
    if options.variants:
        report["variants"] = _variants(options)
    for name, documents, scheme in sets:
        print(f"\n{name}, {options.part}: {len(documents)} documents\n")
        shown = [in_capitals(document) for document in documents] if options.capitals else documents
        reads = {system.name: read(system, shown, scheme) for system in systems}
        report[name] = _tables(reads, scheme)
        if options.confusion:
            for system, of_system in reads.items():
                print(f"\n{system}\n\n{confusion_tables(*confusion(of_system))}")
        if options.errors:
            _print_errors(reads, scheme, options.errors)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", action="store_true", help="our own labelled mails")
    parser.add_argument("--shared", type=Path, metavar="PATH", help="the JSON of presidio-research")
    parser.add_argument("--capitals", action="store_true", help="--mails and --shared written in capitals")
    parser.add_argument("--clean", action="store_true", help="false alarms on ordinary mails")
    parser.add_argument("--variants", action="store_true", help="recall on disguised identifiers")
    parser.add_argument("--part", choices=("development", "sealed", "all"), default="development")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--ours", action="store_true", help="without stock presidio-analyzer")
    only.add_argument("--stock", action="store_true", help="stock presidio-analyzer alone")
    parser.add_argument("--errors", metavar="TYPES", help="list what was missed and wrongly found; ALL, or A,B")
    parser.add_argument("--confusion", action="store_true", help="which type was taken for which")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser


def _systems(options: argparse.Namespace) -> list[System]:
    systems: list[System] = []
    if not options.stock:
        systems.append(Ours())
    if not options.ours:
        from .stock import Stock  # noqa: PLC0415 - loads a second model

        systems.append(Stock())
    return systems


def _clean(options: argparse.Namespace) -> dict[str, Any]:
    figures = clean.measure(Ours(), clean.mails_of(options.part))
    print(f"\nclean mails, {options.part}: {clean.text_of(figures)}")
    if options.errors:
        print(*figures.lines, sep="\n")
    return {
        "mails": figures.mails,
        "high": figures.high,
        "false": figures.false,
        "false_per_100_kb": figures.false_per_100_kb,
    }


def _variants(options: argparse.Namespace) -> dict[str, Any]:
    ours = Ours()
    shares, missed = variants.measure(ours.entities_of, variants.variants(options.part))
    print(f"\ndisguised identifiers, {options.part}: typed recall\n")
    by_class = variants.summed(shares, 0)
    rows = [
        (*key, str(share.all), str(share), str(variants.TARGETS.get(key[0], ""))) for key, share in by_class.items()
    ]
    print(markdown(("class", "variants", "found", "target"), rows))
    for head, places in ((("class", "way"), (0, 1)), (("class", "entity"), (0, 2))):
        rows = [(*key, str(share.all), str(share)) for key, share in variants.summed(shares, *places).items()]
        print(f"\n{markdown((*head, 'variants', 'found'), rows)}")
    if options.errors:
        print(*missed, sep="\n")
    return {" / ".join(key): share._asdict() for key, share in shares.items()}


def _tables(reads: dict[str, list[Read]], scheme: Scheme) -> dict[str, Any]:
    report = {}
    for name, rule in RULES.items():
        figures = {system: rows(of_system, scheme, rule) for system, of_system in reads.items()}
        print(f"by {name}:\n\n{table(figures)}\n")
        report[name] = as_json(figures)
    return report


def _print_errors(reads: dict[str, list[Read]], scheme: Scheme, wanted: str) -> None:
    types = frozenset(scheme.types if wanted == "ALL" else wanted.split(","))
    for system, of_system in reads.items():
        lines = errors(of_system, types)
        print(f"\n{system}: {len(lines)} errors of {wanted}\n", *lines, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
