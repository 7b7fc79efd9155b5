"""All rule files of `decide`, read and checked together: the Rulebook."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from ..errors import ConfigError, Fault
from ..language import OWN_CATALOGUE, Language, LanguageCode, languages_of
from ..model import Action, RecipientClass
from ..yaml_file import Document, load_document, validate
from .addresses import AddressPatterns, checked_pattern, parse_address
from .conditions import Compiled, compile_conditions, recipient_class
from .disclaimers import unknown_texts
from .misdirection import LookAlikes, is_public_suffix
from .partners import WARN_DAYS, PartnerEntry, PartnerRegistry, PartnersFile, SectorsFile
from .policy import Policy, PolicyRule, action_of
from .recipients import RecipientIndex, RecipientsFile
from .reviewer_groups import ReviewerGroup, ReviewersFile, odd_groups
from .secure_domains import SecureDomains, SecureDomainsFile
from .senders import SenderGroups, SendersFile
from .words import Section, meant

FILES = (
    "policy.yaml",
    "partners.yaml",
    "recipients.yaml",
    "sectors.yaml",
    "senders.yaml",
    "reviewers.yaml",
    "secure-domains.yaml",
)

S = TypeVar("S", bound=Section)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledCase:
    when: Compiled
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule ready to be asked. `classes` are the recipient classes it can apply to; `when` is the rest."""

    rule: PolicyRule
    classes: frozenset[RecipientClass]
    when: Compiled
    unless: tuple[Compiled, ...]
    cases: tuple[CompiledCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Policy, registry and lists as one value. `version` is the "policy version" of holds and records:
    it changes with any octet of any of the files."""

    version: str
    policy: Policy
    partners: PartnerRegistry
    sectors: SectorsFile
    lists: RecipientsFile
    recipients: RecipientIndex
    senders: SenderGroups
    reviewers: dict[str, ReviewerGroup]
    secure_domains: SecureDomains
    rules: tuple[CompiledRule, ...] = field(repr=False)
    documents: dict[str, Document] = field(repr=False, compare=False)
    languages: Mapping[LanguageCode, Language] = field(repr=False, compare=False)

    def languages_in_use(self, usual: Iterable[LanguageCode]) -> frozenset[LanguageCode]:
        """All languages in which anybody is written to; `usual` are those of the configuration."""
        own = (group.notice_languages or () for group in self.senders.groups.values())
        return frozenset(usual).union(*own)

    def rule(self, rule_id: str) -> PolicyRule | None:
        """The rule of that id; None when the policy has none."""
        return next((r.rule for r in self.rules if r.rule.id == rule_id), None)

    @property
    def routes(self) -> frozenset[str]:
        """Names of all routes that entries ask for."""
        named = [e.route for e in self.partners.entries] + [s.route for s in self.sectors.sectors]
        return frozenset(r for r in [*named, self.lists.elected.route] if r is not None)


def indexes_asked(rulebook: Rulebook) -> dict[str, str]:
    """The indexes of the council's records that rules ask for, each with the id of the first such rule."""
    found: dict[str, str] = {}
    for compiled in rulebook.rules:
        for conditions in compiled.rule.all_conditions:
            for name in conditions.exact_match.index if conditions.exact_match else ():
                found.setdefault(name, compiled.rule.id)
    return found


def load_rulebook(texts: Mapping[str, str]) -> Rulebook:
    """Read the rule files from `texts` (relative name -> text; other names are left alone).

    Raises ConfigError with every fault of every file: broken YAML, unknown keys, words and groups,
    ids that stand twice, partner entries for what is nobody's own domain.
    """
    faults: list[Fault] = []
    documents: dict[str, Document] = {}
    for name in FILES:
        if name not in texts:
            faults.append(Fault(file=name, text="missing from the rules folder; copy the shipped one"))
            continue
        try:
            documents[name] = load_document(texts[name], name)
        except ConfigError as error:
            faults += error.faults

    def read(name: str, kind: type[S]) -> S | None:
        if name not in documents:
            return None
        try:
            return validate(documents[name], kind)
        except ConfigError as error:
            faults.extend(error.faults)
            return None

    policy = read("policy.yaml", Policy)
    partners = read("partners.yaml", PartnersFile)
    lists = read("recipients.yaml", RecipientsFile)
    sectors = read("sectors.yaml", SectorsFile)
    senders = read("senders.yaml", SendersFile)
    reviewers = read("reviewers.yaml", ReviewersFile)
    secure_domains = read("secure-domains.yaml", SecureDomainsFile)
    faults += _cross_faults(documents)
    faults += unknown_texts(documents.get("policy.yaml"), documents.get("senders.yaml"), texts)
    languages: Mapping[LanguageCode, Language] = {}
    try:
        languages = languages_of(texts)
    except ConfigError as error:
        faults += error.faults
    if faults or not (policy and partners and lists and sectors and senders and reviewers and secure_domains):
        order = (*FILES, OWN_CATALOGUE)
        raise ConfigError(sorted(faults, key=lambda f: (order.index(f.file), f.line or 0, f.column or 0)))
    registry = PartnerRegistry(partners.partners)
    return Rulebook(
        version=_version(texts),
        policy=policy,
        partners=registry,
        sectors=sectors,
        lists=lists,
        recipients=RecipientIndex(lists, registry, sectors.sectors, _look_alikes(registry, lists, sectors)),
        senders=SenderGroups(senders.groups),
        reviewers=reviewers.groups,
        secure_domains=SecureDomains(secure_domains.domains),
        rules=tuple(_compile(rule) for rule in policy.rules),
        documents=documents,
        languages=languages,
    )


def _version(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        # Lengths between the texts: moving a line from one file to the next must change the version.
        octets = texts[name].encode()
        digest.update(f"{name} {len(octets)}\n".encode() + octets)
    return digest.hexdigest()[:16]


def _look_alikes(registry: PartnerRegistry, lists: RecipientsFile, sectors: SectorsFile) -> LookAlikes:
    genuine = {*registry.domains, *AddressPatterns(lists.internal).domains}
    suffixes = AddressPatterns(p for s in sectors.sectors for p in s.domains).domains
    return LookAlikes(genuine, suffixes, lists.not_lookalike)


def _compile(rule: PolicyRule) -> CompiledRule:
    return CompiledRule(
        rule=rule,
        classes=rule.when.recipient_class if rule.when.recipient_class is not None else frozenset(RecipientClass),
        when=tuple((test, wanted) for test, wanted in compile_conditions(rule.when) if test is not recipient_class),
        unless=tuple(compile_conditions(c) for c in rule.unless),
        cases=tuple(CompiledCase(when=compile_conditions(c.when), action=c.action) for c in rule.cases),
    )


# --------------------------------------------------------------------------------------------------
# Faults between the files. These read the documents as written, not the checked values: a fault in one
# rule must not hide another rule's.
# --------------------------------------------------------------------------------------------------


def _cross_faults(documents: Mapping[str, Document]) -> list[Fault]:
    faults = []
    for name, key in (("policy.yaml", "rules"), ("partners.yaml", "partners"), ("sectors.yaml", "sectors")):
        if name in documents:
            faults += _repeated_ids(documents[name], key)
    groups = _keys(documents.get("senders.yaml"), "groups")
    reviewers = _keys(documents.get("reviewers.yaml"), "groups")
    for name, document in documents.items():
        for location, word in _walk(document.value, ()):
            if reviewers is not None and _names_reviewers(name, location) and word not in reviewers:
                faults.append(document.fault(location, f"unknown reviewer group “{word}”; {meant(word, reviewers)}"))
            if groups is not None and _names_senders(name, location) and word not in groups:
                faults.append(document.fault(location, f"unknown sender group “{word}”; {meant(word, groups)}"))
    if "partners.yaml" in documents:
        faults += _nobodys_own(documents)
    return faults


def _keys(document: Document | None, key: str) -> frozenset[str] | None:
    value = document.value.get(key) if document is not None and isinstance(document.value, dict) else None
    return frozenset(map(str, value)) if isinstance(value, dict) else None


def _walk(value: Any, location: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], str]]:
    """Every text in a document, with its place."""
    if isinstance(value, dict):
        return [x for k, v in value.items() for x in _walk(v, (*location, k))]
    if isinstance(value, list):
        return [x for i, v in enumerate(value) for x in _walk(v, (*location, i))]
    return [(location, value)] if isinstance(value, str) else []


def _names_reviewers(file: str, location: tuple[str | int, ...]) -> bool:
    if file == "senders.yaml":
        return location[-1:] == ("reviewers",)
    if file == "reviewers.yaml":
        return location[2:] == ("escalate_to",)
    if file != "policy.yaml":
        return False
    if location == ("default_reviewers",):
        return True
    return location[:1] == ("rules",) and (
        location[2:] in (("reviewers",), ("clock", "escalate_to"))
        or (location[2:3] == ("reviewers",) and location[-1] == "group")
    )


def _names_senders(file: str, location: tuple[str | int, ...]) -> bool:
    if file == "partners.yaml":
        return location[2:3] == ("sender_groups",)
    if file != "policy.yaml":
        return False
    return location[:2] == ("rollout", "enforce_for") or "sender_group" in location[2:]


def _entries(document: Document, key: str) -> list[tuple[int, dict[str, Any]]]:
    items = document.value.get(key) if isinstance(document.value, dict) else None
    return [(n, item) for n, item in enumerate(items) if isinstance(item, dict)] if isinstance(items, list) else []


def _repeated_ids(document: Document, key: str) -> list[Fault]:
    faults = []
    first: dict[Any, int] = {}
    for n, item in _entries(document, key):
        name = item.get("id")
        if isinstance(name, str) and name in first:
            line, _ = document.position((key, first[name], "id"))
            faults.append(
                document.fault((key, n, "id"), f"the id “{name}” stands twice, first in line {line}; choose another")
            )
        elif isinstance(name, str):
            first[name] = n
    return faults


def _patterns(document: Document | None, key: str) -> AddressPatterns:
    """The valid patterns of a list; the others are faults of their own."""
    value = document.value.get(key) if document is not None and isinstance(document.value, dict) else None
    good = []
    for item in value if isinstance(value, list) else []:
        try:
            good.append(checked_pattern(str(item)))
        except ValueError:
            continue
    return AddressPatterns(good)


def _nobodys_own(documents: Mapping[str, Document]) -> list[Fault]:
    """Domains in partner entries that are everybody's, our own, or another entry's."""
    faults = []
    document = documents["partners.yaml"]
    webmail = _patterns(documents.get("recipients.yaml"), "webmail")
    internal = _patterns(documents.get("recipients.yaml"), "internal")
    taken: dict[str, str] = {}
    for n, entry in _entries(document, "partners"):
        for key in ("domains", "addresses"):
            items = entry.get(key)
            for i, item in enumerate(items if isinstance(items, list) else []):
                try:
                    pattern = checked_pattern(str(item))
                except ValueError:
                    continue  # reported with the entry
                wrong = _whose(pattern, webmail, internal, taken)
                if wrong is None and key == "domains" and entry.get("include_subdomains") is True:
                    wrong = _covers(pattern, webmail, internal)
                if wrong is not None:
                    faults.append(document.fault(("partners", n, key, i), f"“{pattern}” {wrong}"))
                taken.setdefault(pattern, str(entry.get("id")))
    return faults


def _covers(domain: str, webmail: AddressPatterns, internal: AddressPatterns) -> str | None:
    """Why a partner entry may not have all sub-domains of this domain."""
    for patterns, whose in ((webmail, "a consumer provider"), (internal, "the council's own")):
        below = sorted(one for one in patterns.domains if one.endswith(f".{domain}"))
        if below:
            return f"with its sub-domains covers “{below[0]}”, which is {whose}; name the domains that are meant"
    return None


def _whose(pattern: str, webmail: AddressPatterns, internal: AddressPatterns, taken: Mapping[str, str]) -> str | None:
    """Why a partner entry may not have this domain or address."""
    address = parse_address(pattern if "@" in pattern else f"@{pattern}")
    if "@" not in pattern and is_public_suffix(pattern):
        return "is a public suffix, open to anybody; use a sector or exact addresses"
    if "@" not in pattern and webmail.matches(address):
        return "is a consumer provider, whose addresses are anybody's; use exact addresses"
    if internal.matches(address):
        return "is the council's own; only outside organisations are partners"
    return f"already belongs to the entry “{taken[pattern]}”; keep one of them" if pattern in taken else None


# --------------------------------------------------------------------------------------------------
# Warnings: what is allowed, and probably not meant
# --------------------------------------------------------------------------------------------------


def warnings_of(
    rulebook: Rulebook,
    *,
    routes: Collection[str] | None = None,
    day: date | None = None,
    indexes: Collection[str] | None = None,
) -> list[Fault]:
    """What an administrator should look at: rules that can never apply or are always outdone, routes
    that the configuration lacks (when `routes` is given), entries in their grace or past it (when
    `day` is given), indexes that were never built (when `indexes` is given), owners outside the council."""
    return [
        *_idle_rules(rulebook),
        *_missing_routes(rulebook, routes),
        *_missing_indexes(rulebook, indexes),
        *_old_entries(rulebook, day),
        *_owners_outside(rulebook),
        *odd_groups(rulebook.documents["reviewers.yaml"], rulebook.reviewers),
    ]


_WITH_TERMS = frozenset({RecipientClass.PARTNER, RecipientClass.PUBLIC_SECTOR, RecipientClass.ELECTED})


def _idle_rules(rulebook: Rulebook) -> list[Fault]:
    document = rulebook.documents["policy.yaml"]
    found = []
    for n, compiled in enumerate(rulebook.rules):
        text = _never(compiled) or _outdone(compiled, rulebook)
        if text is not None:
            found.append(document.fault(("rules", n, "id"), f"rule “{compiled.rule.id}” {text}"))
    return found


def _never(compiled: CompiledRule) -> str | None:
    """Why a rule can never apply, in the simple cases."""
    rule = compiled.rule
    if not compiled.classes:
        return "can never apply: it names no recipient class"
    if rule.when.partner is not None and not compiled.classes & _WITH_TERMS:
        return "can never apply: its recipients have no partner entry"
    if any(not c.asked or c == rule.when for c in rule.unless):
        return "can never apply: an exception under unless always lifts it"
    return "can never apply: its max is below its min" if _contradicts(rule) else None


def _outdone(compiled: CompiledRule, rulebook: Rulebook) -> str | None:
    """Whether another rule is stricter for all of the same recipients, whatever they are sent."""
    if "disclaimer" in {c.action for c in compiled.cases}:
        return None
    for other in rulebook.rules:
        sweeping = (
            other.rule.mode == "enforce" and not other.unless and other.rule.when.asked.keys() <= {"recipient_class"}
        )
        least = min((action_of(c.action) for c in other.cases), default=Action.RELAY)
        if sweeping and compiled.classes <= other.classes and least > compiled.rule.strictest:
            return f"is always outdone by “{other.rule.id}”, which is stricter for the same recipients"
    return None


def _contradicts(rule: PolicyRule) -> bool:
    people = rule.when.individuals
    return people is not None and people.max is not None and people.max < people.min


def _missing_routes(rulebook: Rulebook, routes: Collection[str] | None) -> list[Fault]:
    if routes is None:
        return []
    found = []
    named: list[tuple[str, tuple[str | int, ...], str | None]] = [
        ("partners.yaml", ("partners", n, "route"), e.route) for n, e in enumerate(rulebook.partners.entries)
    ]
    named += [("sectors.yaml", ("sectors", n, "route"), s.route) for n, s in enumerate(rulebook.sectors.sectors)]
    named.append(("recipients.yaml", ("elected", "route"), rulebook.lists.elected.route))
    for file, where, route in named:
        if route is not None and route not in routes:
            text = f"no route “{route}” in the configuration, so what must be encrypted is held; {meant(route, routes)}"
            found.append(rulebook.documents[file].fault(where, text))
    return found


def _missing_indexes(rulebook: Rulebook, indexes: Collection[str] | None) -> list[Fault]:
    if indexes is None:
        return []
    document = rulebook.documents["policy.yaml"]
    places = {compiled.rule.id: n for n, compiled in enumerate(rulebook.rules)}
    return [
        document.fault(
            ("rules", places[rule], "when"),
            f"rule “{rule}” asks for the index “{name}”, which does not exist, so it finds nobody; make it with "
            f"`dlp-gateway exact-match build --index {name}`",
        )
        for name, rule in indexes_asked(rulebook).items()
        if name not in indexes
    ]


def _owners_outside(rulebook: Rulebook) -> list[Fault]:
    """The owner is an officer of the council, who is told when the entry is due for review."""
    document = rulebook.documents["partners.yaml"]
    return [
        document.fault(
            ("partners", n, field),
            f"entry “{entry.id}”: the {field.replace('_', ' ')} is not an address of the council; nobody here answers "
            "for it",
        )
        for n, entry in enumerate(rulebook.partners.entries)
        for field in ("owner", "deputy_owner")
        if (address := getattr(entry, field)) is not None and not rulebook.recipients.is_internal(address)
    ]


def _old_entries(rulebook: Rulebook, day: date | None) -> list[Fault]:
    if day is None:
        return []
    document, found = rulebook.documents["partners.yaml"], []
    for n, entry in enumerate(rulebook.partners.entries):
        if (text := _age(entry, day)) is not None:
            found.append(document.fault(("partners", n, "review_by"), f"“{entry.id}” {text}"))
    return found


def _age(entry: PartnerEntry, day: date) -> str | None:
    if entry.status != "active" or entry.valid_from > day:
        return None
    if entry.in_grace(day):
        return f"was due for review on {entry.review_by}; it works {entry.grace_days} days longer"
    if (left := entry.days_to_review(day)) is not None:
        urgency = next(f"within {days} days" for days in sorted(WARN_DAYS) if left <= days)
        return f"is due for review {urgency}, on {entry.review_by}"
    return None if entry.works_on(day) else f"expired after {entry.review_by}; its recipients count as unapproved"
