"""`check-config`: everything an administrator wrote, checked at once, with the examples in the rules run."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from ..act.notice_text import check_templates
from ..act.notices import TEMPLATES
from ..config import Config
from ..decide import check_examples, load_rulebook, warnings_of
from ..detect import Detector
from ..errors import ConfigError, Fault
from ..exact_index import INDEX_SUFFIX, open_records
from ..rules_folder import load_texts
from .settings import config_or_defaults, fingerprint_key, records_settings, rules_folder


def add_to(parser: argparse.ArgumentParser, _common: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", metavar="DIR", help="folder of rules; a file missing there is the shipped one")
    parser.set_defaults(run=run)


def _indexes(config: Config) -> frozenset[str]:
    """The names of the indexes of the council's records, each opened and checked where the key can be read."""
    settings = records_settings(config)
    if settings.folder is not None:
        return frozenset(open_records(settings.folder, fingerprint_key(config), settings.required).indexes)
    folder = config.exact_match.folder
    return frozenset(path.stem for path in folder.glob(f"*{INDEX_SUFFIX}")) if folder is not None else frozenset()


def run(options: argparse.Namespace) -> int:
    faults: list[Fault] = []
    config = Config()
    try:
        config = config_or_defaults(options)
    except ConfigError as error:
        faults += error.faults
    try:
        texts = load_texts(rules_folder(options, config))
    except ConfigError as error:
        raise ConfigError(faults + error.faults) from None
    warnings: list[Fault] = []
    try:
        rulebook = load_rulebook(texts)
        faults += check_examples(rulebook)
        indexes = _indexes(config)
        warnings += warnings_of(rulebook, routes=set(config.routes), day=datetime.now(UTC).date(), indexes=indexes)
    except ConfigError as error:
        faults += error.faults
    faults += check_templates({n.removeprefix(TEMPLATES): t for n, t in texts.items() if n.startswith(TEMPLATES)})
    try:
        detector = Detector(texts, names=False, fingerprint_key=bytes(32))
        faults += detector.check_examples()
    except ConfigError as error:
        faults += error.faults
    if faults:
        raise ConfigError(faults)
    for warning in warnings:
        print(f"dlp-gateway: warning: {warning}", file=sys.stderr)
    print(f"The configuration and {len(texts)} rule files are good, and every example in them holds.")
    return 0
