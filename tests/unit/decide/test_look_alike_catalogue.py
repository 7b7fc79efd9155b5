"""Look-alikes by the methods of dnstwist, of five hundred partners; and domains that are just other domains."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from dlp_gateway.decide.misdirection import LookAlikes, registered
from tests.support.cpu_time import within
from tests.support.dnstwist import some, some_look_alikes
from tests.support.untraced import untraced

SECTORS = ("gov.uk", "nhs.uk", "nhs.net", "police.uk", "sch.uk")
METHODS = (
    "addition", "bitsquatting", "cyrillic", "hyphenation", "insertion", "omission", "plural", "repetition",
    "replacement", "subdomain", "transposition", "vowel-swap", "various",
)  # fmt: skip
ALL_METHODS = (*METHODS, "suffix", "added word", "homoglyph")
OTHER_SUFFIXES = ("co.uk", "org.uk", "com", "org", "net", "uk", "info", "co", "eu", "biz")
ADDED = ("secure", "mail", "payments", "invoice", "support", "login", "online", "portal", "team", "accounts")
EVERY = 3  # so many partners: the generator takes its time
MOST_OF_ONE = 12  # of one method and partner
HOMOGLYPHS_OF = 25  # every so many partners: each has ten thousand, with two letters changed

PLACES = (
    "ashbourne", "barnsgreen", "calderwick", "dunmere", "eastholt", "fenwick", "glenavon", "harrowby", "ironbridge",
    "kelsall", "langport", "marlowe", "northvale", "oakhampton", "penrhyn", "quarndon", "ravensby", "saltmarsh",
    "thornbury", "upperdenby", "westmersea", "yarnfield", "bramley", "corfton", "holmebeck",
)  # fmt: skip
FAMILIES = (
    "crowe", "aslam", "parry", "mensah", "byrne", "hollis", "whitmore", "pemberton", "okafor", "rahman", "gilchrist",
    "tranter", "mcewan", "llewellyn", "sowerby", "baxter", "quill", "haigh", "zielinski", "adeyemi",
)  # fmt: skip
OF_PLACES = (
    "{}hospice.org.uk", "{}housing.org.uk", "{}-care.co.uk", "{}primary.org", "{}.nhs.uk", "{}.gov.uk", "{}mind.org.uk",
    "{}carers.org.uk", "age{}.org.uk", "{}homes.co.uk", "{}academy.eastshire.sch.uk", "{}foodbank.org", "{}police.uk",
    "{}-nurseries.com",
)  # fmt: skip
OF_FAMILIES = (
    "{}-law.co.uk", "{}solicitors.co.uk", "{}associates.com", "{}interpreting.com", "{}transport.co.uk",
    "{}surveyors.com", "{}andsons.co.uk", "{}-consulting.net",
)  # fmt: skip


def partners() -> list[str]:
    """Five hundred domains as partners of councils have them, labels of six letters and more."""
    made = [form.format(place) for place in PLACES for form in OF_PLACES]
    made += [form.format(family) for family in FAMILIES for form in OF_FAMILIES]
    long_enough = [domain for domain in made if len(registered(domain)[0]) >= 6]
    return sorted(long_enough, key=lambda domain: Random(domain).random())[:500]


PARTNERS = partners()
LOOK_ALIKES = LookAlikes(PARTNERS, SECTORS, ())


def is_public_body(domain: str) -> bool:
    return domain.endswith(tuple(f".{sector}" for sector in SECTORS))


@cache
def variants() -> dict[str, list[str]]:
    """Method -> look-alikes of the partners, the same each time. Made when the first test asks, not when tests are
    collected: every process that runs tests collects them all."""
    made: dict[str, list[str]] = {method: [] for method in ALL_METHODS}
    genuine = set(PARTNERS)
    with untraced():
        for partner in PARTNERS[::HOMOGLYPHS_OF]:
            made["homoglyph"] += some_look_alikes(partner, ["homoglyph"], 5 * MOST_OF_ONE)["homoglyph"]
        for partner in PARTNERS[::EVERY]:
            label, suffix = registered(partner)
            own: dict[str, list[str]] = {
                "suffix": [f"{label}.{other}" for other in OTHER_SUFFIXES if other != suffix],
                "added word": [f"{word}-{label}.{suffix}" for word in ADDED] + [f"{label}{word}.com" for word in ADDED],
            }
            for method, domains in (own | some_look_alikes(partner, METHODS, 2 * MOST_OF_ONE)).items():
                made[method] += some(set(domains) - genuine, MOST_OF_ONE)
    return made


def unknown(domains: Iterable[str]) -> list[str]:
    """Those that are taken for no partner. Untraced: `test_misdirection.py` measures what runs, here it runs often."""
    with untraced():
        return [d for d in domains if LOOK_ALIKES.of(d, public_body=is_public_body(d)) is None]


def test_there_are_five_hundred_partners() -> None:
    assert len(set(PARTNERS)) == 500


@pytest.mark.parametrize("method", ALL_METHODS)
def test_look_alikes_are_known_by_every_method(method: str) -> None:
    domains = variants()[method]
    assert domains
    missed = unknown(domains)
    assert len(missed) <= 0.05 * len(domains), Random(1).sample(missed, min(20, len(missed)))


def test_of_all_look_alikes_98_in_100_are_known() -> None:
    all_of_them = [domain for domains in variants().values() for domain in domains]
    assert len(all_of_them) > 20_000
    assert len(unknown(all_of_them)) <= 0.02 * len(all_of_them)


def test_of_five_thousand_ordinary_domains_at_most_five_are_taken_for_one() -> None:
    lines = Path(__file__).with_name("ordinary-domains.txt").read_text(encoding="utf-8").splitlines()
    ordinary = [line for line in lines if not line.startswith("#")]
    assert len(ordinary) == 5000
    taken = set(ordinary) - set(unknown(ordinary))
    assert len(taken) <= 5, taken


def test_no_partner_is_taken_for_another() -> None:
    assert unknown(PARTNERS) == PARTNERS


def test_a_domain_never_seen_before_is_judged_in_a_fraction_of_a_millisecond() -> None:
    domains = [f"{family}-and-{place}.com" for place in PLACES for family in FAMILIES]

    def judge() -> None:
        fresh = LookAlikes(PARTNERS, SECTORS, ())  # anew for each try: it remembers what it has judged
        for domain in domains:
            fresh.of(domain)

    within(len(domains) * 0.0005, judge)
