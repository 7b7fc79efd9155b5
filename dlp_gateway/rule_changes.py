"""The one way in which people change rules that the store holds, by command and in the console: read what is in force,
check that what they want holds together with all other rules, write a version with their name and their reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .change import DisclaimerText, disclaimer_names, disclaimer_texts
from .config import Config
from .decide import Rulebook, check_examples, load_rulebook, policy_text, registry
from .decide.partner_tables import entry_of
from .decide.partners import PartnerEntry
from .errors import ConfigError, Fault
from .rules_folder import load_texts
from .store import BY_FILE, RuleProposal, RuleVersion, Store

SHORTEST_REASON = 5
"""Characters; less says nothing to whoever reads the record later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rules in force, read at once: `number` is the registry's version, `texts` are all rules by their names."""

    number: int
    texts: Mapping[str, str]
    entries: tuple[PartnerEntry, ...]

    def entry(self, id_: str) -> PartnerEntry:
        """Raises ConfigError where there is none."""
        found = next((entry for entry in self.entries if entry.id == id_), None)
        if found is None:
            raise fault(f"there is no entry “{id_}”; `partners list` shows all")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a change: a version in force, or a proposal that waits for a second administrator; neither
    where the same change waits already."""

    version: int | None = None
    proposal: int | None = None


def fault(text: str) -> ConfigError:
    return ConfigError([Fault(file="partners", text=text)])


def today(config: Config) -> date:
    """The day where the council is."""
    return datetime.now(ZoneInfo(config.council.time_zone)).date()


def newest(config: Config, store: Store, name: str) -> RuleVersion:
    """The version of a rule file that is in force. A store that no gateway has used yet is seeded from the rules
    folder first. Raises ConfigError. Blocks."""
    versions = store.rule_versions(name)
    if not versions:
        texts = load_texts(config.rules)
        load_rulebook(texts)
        store.import_rules(texts, author=BY_FILE, reason="rules folder, before the gateway's first start")
        versions = store.rule_versions(name)
    if not versions:
        raise ConfigError([Fault(file=name, text="is in no version of the rules; start a gateway once")])
    return versions[0]


def in_force(config: Config, store: Store) -> InForce:
    """The partner registry in force, among all other rules. Raises ConfigError. Blocks."""
    last = newest(config, store, registry.FILE)
    texts = load_texts(config.rules) | store.current_rules() | {registry.FILE: last.text}
    return InForce(number=last.number, texts=texts, entries=registry.entries_of(last.text))


def version(store: Store, name: str, number: int) -> RuleVersion | None:
    """Blocks."""
    return next((one for one in store.rule_versions(name) if one.number == number), None)


def waiting(store: Store, name: str, number: int) -> RuleProposal | None:
    """The proposal of that number, None where it does not wait. Blocks."""
    return next((one for one in store.open_proposals(name) if one.number == number), None)


def check_together(rules: InForce, text: str) -> None:
    """Raises ConfigError, every fault by its entry, where this registry does not hold together with all other rules."""
    try:
        load_rulebook({**rules.texts, registry.FILE: text})
    except ConfigError as error:
        raise ConfigError([_by_entry(one, text) for one in error.faults]) from None


def _by_entry(one: Fault, text: str) -> Fault:
    """Lines of a text that nobody typed would only puzzle."""
    id_ = registry.entry_at(text, one.line) if one.file == registry.FILE and one.line is not None else None
    return one if id_ is None else Fault(file=f"entry {id_}", text=one.text)


# -- entries as they would be --


def checked(values: Mapping[str, Any]) -> PartnerEntry:
    """The entry with these values, its faults told by field. Raises ConfigError."""
    return entry_of(dict(values), f"entry {values.get('id', '')}")


def ended(entry: PartnerEntry, day: date) -> PartnerEntry:
    """The entry as it is when it ends on a day, without grace: from that day on it counts no more."""
    before = day - timedelta(days=1)
    begun = min(entry.valid_from, before)
    values = {"review_by": before.isoformat(), "valid_from": begun.isoformat(), "grace_days": 0}
    return checked(registry.changed(entry, values))


def joined(
    entries: Sequence[PartnerEntry], read: Iterable[PartnerEntry], *, replace: bool = False
) -> tuple[PartnerEntry, ...]:
    """The entries with those that were read from elsewhere; `replace`: only these."""
    new = tuple(read)
    ids = {entry.id for entry in new}
    kept = () if replace else tuple(entry for entry in entries if entry.id not in ids)
    return (*kept, *new)


# -- writing --


def put_in_force(
    config: Config, store: Store, rules: InForce, after: Sequence[PartnerEntry], *, by: str, reason: str
) -> Written:
    """Make these entries the registry, or let them wait for a second administrator where the configuration says so.

    Raises ConfigError for faults, and OvertakenError where somebody changed the registry since `rules` were read.
    Blocks.
    """
    text = registry.text_of(after)
    check_together(rules, text)
    if config.partners.second_approval:
        number = store.propose_rules(registry.FILE, text, author=by, reason=reason, base=rules.number)
        return Written(proposal=number)
    store.import_rules({registry.FILE: text}, author=by, reason=reason, base=rules.number)
    return Written(version=rules.number + 1)


def answer(config: Config, store: Store, number: int, *, by: str, approve: bool) -> None:
    """Put a proposal in force, or refuse it. What held together when it was proposed need not today: other rules may
    have changed. Raises ConfigError for faults, DecidedError for its own author and where it is out of date. Blocks."""
    wanted = waiting(store, registry.FILE, number) if approve else None
    if wanted is not None:
        rules = in_force(config, store)
        if wanted.base == rules.number:
            check_together(rules, wanted.text)
    store.answer_proposal(number, by=by, approve=approve)


# -- one text among all --


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInForce:
    """One text of the rules in force, among all others by their names."""

    name: str
    number: int
    text: str
    texts: Mapping[str, str]


def file_in_force(config: Config, store: Store, name: str) -> FileInForce:
    """Raises ConfigError. Blocks."""
    last = newest(config, store, name)
    texts = load_texts(config.rules) | store.current_rules() | {name: last.text}
    return FileInForce(name=name, number=last.number, text=last.text, texts=texts)


# -- the policy --


def policy_in_force(config: Config, store: Store) -> FileInForce:
    """Raises ConfigError. Blocks."""
    return file_in_force(config, store, policy_text.FILE)


def checked_file(rules: FileInForce, text: str, council: str) -> Rulebook:
    """The rulebook with this text. Raises ConfigError, with every fault, where the rules do not hold together with it,
    an example would not get its verdict, or a disclaimer could not be added."""
    texts = {**rules.texts, rules.name: text}
    rulebook = load_rulebook(texts)
    faults = check_examples(rulebook)
    try:
        disclaimer_texts(texts, council)
    except ConfigError as error:
        faults = [*faults, *error.faults]
    if faults:
        raise ConfigError(list(faults))
    return rulebook


def disclaimer_of(rules: FileInForce, text: str, council: str) -> DisclaimerText | None:
    """The disclaimer that the file is a form of, as it goes out with this text. Raises ConfigError."""
    texts = {**rules.texts, rules.name: text}
    found = disclaimer_names([rules.name.replace(".html", ".txt")])
    return disclaimer_texts(texts, council).get(found[0]) if found else None


def publish_file(store: Store, rules: FileInForce, text: str, council: str, *, by: str, reason: str) -> int:
    """Put a text in force; answers its version. Raises ConfigError for faults, and OvertakenError where somebody
    changed it since `rules` were read. Blocks."""
    checked_file(rules, text, council)
    store.import_rules({rules.name: text}, author=by, reason=reason, base=rules.number)
    return rules.number + 1
