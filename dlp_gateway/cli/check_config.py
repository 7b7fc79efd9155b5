"""`check-config`: everything an administrator wrote, checked at once, with the examples in the rules run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ..act.dkim_signing import DkimSigner
from ..act.notice_text import check_templates, stale_templates
from ..act.notices import TEMPLATES
from ..change import disclaimer_texts
from ..config import Config
from ..config_file import find_config
from ..decide import Rulebook, check_examples, language_warnings, load_rulebook, sender_warnings, warnings_of
from ..detect.detector import Detector
from ..errors import ConfigError, Fault
from ..exact_index import INDEX_SUFFIX, open_records
from ..rules_folder import load_texts
from .access_checks import access_warnings
from .client_warnings import client_warnings
from .key_warnings import key_warnings
from .milter_state import milter_warnings
from .settings import config_or_defaults, fingerprint_key, records_settings, rules_folder, stored_rules


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


def _deciding(config: Config, texts: Mapping[str, str], faults: list[Fault]) -> list[Fault]:
    """Warnings about the rules that decide; faults of their examples are added to `faults`. Raises ConfigError."""
    rulebook = load_rulebook(texts)
    faults += check_examples(rulebook)
    day = datetime.now(ZoneInfo(config.council.time_zone)).date()
    usual = config.notices.languages
    in_welsh = "cy" in rulebook.languages_in_use(usual)
    return [
        *warnings_of(rulebook, routes=set(config.routes), day=day, indexes=_indexes(config)),
        *sender_warnings(rulebook, console=config.console.url is not None),
        *language_warnings(rulebook, usual),
        *_administrators_outside(config, rulebook),
        *_old_holidays(config, day),
        *(stale_templates(_templates(texts), _templates(load_texts(None))) if in_welsh else ()),
    ]


def _administrators_outside(config: Config, rulebook: Rulebook) -> list[Fault]:
    """Only officers of the council are told of partners that are due for review."""
    return [
        Fault(
            file="partners.administrators",
            text=f"number {number} is not an address of the council, so it is told nothing; name an officer of yours",
        )
        for number, address in enumerate(config.partners.administrators, start=1)
        if not rulebook.recipients.is_internal(address)
    ]


def _old_holidays(config: Config, day: date) -> list[Fault]:
    """A list of days is forgotten easily, and then clocks of held mail run on holidays."""
    days = config.reviews.bank_holidays
    if not days or max(days) >= day:
        return []
    text = f"ends with {max(days)}; list the days to come, or time to decide runs on them"
    return [Fault(file="reviews.bank_holidays", text=text)]


def _templates(texts: Mapping[str, str]) -> dict[str, str]:
    return {n.removeprefix(TEMPLATES): t for n, t in texts.items() if n.startswith(TEMPLATES)}


def _in_store(
    config: Config, texts: Mapping[str, str], next_start: Mapping[str, str], faults: list[Fault]
) -> list[Fault]:
    """The same of what the next start would put in force: the folder's changes among what the store holds."""

    def named(fault: Fault) -> Fault:
        """Lines of the store's text are not those of the file."""
        own = next_start.get(fault.file) == texts.get(fault.file)
        return fault if own else replace(fault, file=f"{fault.file} in the store")

    found: list[Fault] = []
    try:
        warnings = _deciding(config, next_start, found)
    except ConfigError as error:
        raise ConfigError([named(fault) for fault in error.faults]) from None
    known = set(faults)
    faults += [fault for fault in map(named, found) if fault not in known]
    return [named(warning) for warning in warnings]


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
    warnings: list[Fault] = [*client_warnings(config), *milter_warnings(config)]
    try:
        warnings += _deciding(config, texts, faults)
        stored = stored_rules(options, config, texts)
        next_start = texts if stored is None else texts | dict(stored.current) | dict(stored.changed)
        if next_start != texts:
            warnings = [*client_warnings(config), *_in_store(config, texts, next_start, faults)]
    except ConfigError as error:
        faults += error.faults
    try:
        warnings += key_warnings(config, with_store=options.rules is None and find_config(options.config).exists())
    except ConfigError as error:
        faults += error.faults
    try:
        warnings += access_warnings(config, datetime.now(UTC))
    except ConfigError as error:
        faults += error.faults
    faults += check_templates(_templates(texts))
    for check in (lambda: disclaimer_texts(texts, config.council.name), lambda: DkimSigner.load(config.dkim)):
        try:
            check()
        except ConfigError as error:
            faults += error.faults
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
