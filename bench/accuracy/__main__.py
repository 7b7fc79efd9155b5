"""How well personal data is found, beside stock presidio-analyzer in the same process.

    python -m bench.accuracy --mails                         our own labelled mails (tests/accuracy/mails)
    python -m bench.accuracy --shared SYNTH.json             presidio-research's sentences, given by path
    python -m bench.accuracy --mails --ours --errors PERSON  only ours (half the time); what it missed (-), found
                                                             wrongly (+), of one type, of several (A,B) or of ALL
    python -m bench.accuracy --mails --files '*-eighth'      only the mails of files named so
    python -m bench.accuracy --shared SYNTH.json --confusion which type was taken for which
    python -m bench.accuracy --mails --capitals              the same documents written in CAPITALS
    python -m bench.accuracy --clean                         false alarms on ordinary mails
                                                             (with --errors ALL each of them, "!" if high)
    python -m bench.accuracy --variants                      typed recall on disguised identifiers
    python -m bench.accuracy --targets [--shared SYNTH.json] everything that was promised, in one table
    python -m bench.accuracy --document --shared SYNTH.json  the same, written into docs/accuracy.md

The same hash divides every set: 70 to 85 in 100 are for development (the default of --part), the others are sealed:
they are counted once, at the end, and their errors are never listed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import presidio_analyzer  # noqa: F401  # first, and so whole: ours leaves out what the stock one is made of

from .comparison import System
from .ours import Ours
from .runs import Run


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.part != "development" and (options.errors or options.confusion):
        print("errors are listed of the development part only", file=sys.stderr)
        return 2
    run = Run(part=options.part, systems=_systems(options), errors=options.errors, confusion=options.confusion)
    report: dict[str, Any] = {}
    if options.document:
        run.document(options.shared)
        return 0
    if options.targets:
        report["targets"] = run.targets(options.shared)
    else:
        if options.clean:
            report["clean"] = run.clean()
        if options.variants:
            report["variants"] = run.variants()
        if options.mails:
            report["mails"] = run.mails(capitals=options.capitals, files=options.files)
        if options.shared:
            report["shared"] = run.shared(options.shared, capitals=options.capitals)
    if not report:
        print("nothing to measure: see --help", file=sys.stderr)
        return 2
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", action="store_true", help="our own labelled mails")
    parser.add_argument("--files", default="*", metavar="PATTERN", help="of --mails, those of files named so only")
    parser.add_argument("--shared", type=Path, metavar="PATH", help="the JSON of presidio-research")
    parser.add_argument("--capitals", action="store_true", help="--mails and --shared written in capitals")
    parser.add_argument("--clean", action="store_true", help="false alarms on ordinary mails")
    parser.add_argument("--variants", action="store_true", help="recall on disguised identifiers")
    parser.add_argument("--targets", action="store_true", help="everything that was promised, in one table")
    parser.add_argument("--document", action="store_true", help="write that, and its parts, into docs/accuracy.md")
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
    if not options.ours and (options.mails or options.shared or options.targets or options.document):
        from .stock import Stock  # noqa: PLC0415 - loads a second model

        systems.append(Stock())
    return systems


if __name__ == "__main__":
    sys.exit(main())
