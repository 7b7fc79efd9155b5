"""Domains that look like a partner's or our own, and addresses that look like the author's at home.

A domain is taken for another's by what is registered: the label before the public suffix. It looks
alike when its label is the same under another suffix, the same to the eye (homoglyphs), a few edits
away (none up to 5 letters, one for 6 to 8, two above), or the same with a hyphen or word added.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import idna
import tldextract

from .addresses import AddressPatterns, parse_address

# Never fetches nor caches: the list that comes with the package is the list.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

# Letters that look like an ASCII letter, after compatibility folding and without marks (Unicode
# Technical Standard 39, confusables, the part that renders alike in common fonts).
_LOOKS_LIKE = {
    "a": "аɑα", "b": "ьЬ", "c": "сϲᴄ", "d": "ԁđ", "e": "еҽ", "g": "ɡց", "h": "һհħ", "j": "ј", "k": "кκ",
    "l": "ӏі1iıιɩł|", "m": "м", "n": "пո", "o": "оοօ0øσ", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ5ß",
    "t": "тτ", "u": "υսц", "v": "ν", "w": "ԝшω", "x": "хχ", "y": "уγ", "z": "ᴢ",
}  # fmt: skip
_CONFUSABLE = {ord(odd): plain for plain, odds in _LOOKS_LIKE.items() for odd in odds}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ADDED_WORDS = frozenset(
    (
        "account", "accounts", "admin", "app", "billing", "care", "client", "clients", "council", "docs", "email",
        "gov", "group", "help", "helpdesk", "hr", "invoice", "invoices", "legal", "login", "ltd", "mail", "mails",
        "my", "nhs", "office", "online", "org", "pay", "payment", "payments", "portal", "secure", "security",
        "service", "services", "site", "staff", "support", "team", "trust", "uk", "update", "verify", "web",
    )
)  # fmt: skip
_SHORTEST_FOR_WORDS = 4


@lru_cache(maxsize=65536)
def registered(domain: str) -> tuple[str, str]:
    """(label, suffix) of the registered domain. An unknown top-level domain is a suffix, as in the
    public suffix list's algorithm ("if no rules match, the prevailing rule is *")."""
    parts = _suffixes(domain)
    if parts.suffix:
        return parts.domain, parts.suffix
    labels = domain.split(".")
    return (labels[-2], labels[-1]) if len(labels) > 1 else ("", domain)


def is_public_suffix(domain: str) -> bool:
    """Whether anybody may register below this domain: no one organisation is meant by it."""
    return not registered(domain)[0]


@lru_cache(maxsize=65536)
def skeleton(label: str) -> str:
    """The label as the eye reads it: A-labels decoded, marks dropped, look-alike letters made one."""
    if label.startswith("xn--"):
        try:
            label = idna.decode(label)
        except (idna.IDNAError, UnicodeError):
            pass  # stays as it is: then only its edits can betray it
    folded = "".join(c for c in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(c))
    folded = folded.translate(_CONFUSABLE)
    for pair, one in _PAIRS:
        folded = folded.replace(pair, one)
    return folded


def allowed_edits(label: str) -> int:
    """How many edits away still looks like this label."""
    return 0 if len(label) <= 5 else 1 if len(label) <= 8 else 2


def edits(a: str, b: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours between two words; more than
    `most` is answered as `most + 1`."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Genuine:
    domain: str
    label: str
    suffix: str
    skeleton: str


class LookAlikes:
    """Says which genuine domain another one looks like.

    `genuine` are the domains of partners and our own with what to call them; `sectors` are suffixes
    below which only public bodies register, known by their first label (nhs.uk, but not nhs.co.uk).
    """

    def __init__(self, genuine: Mapping[str, str], sectors: Iterable[str], not_lookalike: Iterable[str]) -> None:
        self._names = dict(genuine)
        self._sectors = {domain.partition(".")[0]: domain for domain in sorted(sectors) if is_public_suffix(domain)}
        self._not = AddressPatterns(not_lookalike)
        self._own = frozenset(genuine) | frozenset(".".join(registered(d)) for d in genuine if registered(d)[0])
        self._genuine = []
        for domain in sorted(genuine):
            label, suffix = registered(domain)
            if label:
                self._genuine.append(_Genuine(domain=domain, label=label, suffix=suffix, skeleton=skeleton(label)))
        self._cache: dict[tuple[str, bool], str | None] = {}

    def of(self, domain: str, *, public_body: bool = False) -> str | None:
        """What to call the genuine owner that `domain` (an A-label) may be taken for, else None.

        `public_body`: the domain stands below a suffix where only public bodies register. Two of
        them may share a label under two suffixes; only a single slip of the fingers is suspected.
        """
        key = (domain, public_body)
        if key not in self._cache:
            if len(self._cache) > 50_000:
                self._cache.clear()
            self._cache[key] = self._find(domain, public_body)
        return self._cache[key]

    def _find(self, domain: str, public_body: bool) -> str | None:
        label, suffix = registered(domain)
        if not domain or domain in self._own or self._not.matches(parse_address(f"@{domain}")):
            return None
        if not label:
            return None
        whole = f"{label}.{suffix}"
        if self._not.matches(parse_address(f"@{whole}")):
            return None
        if whole in self._own:
            return self._neighbour(domain) if not _suffixes(domain).suffix else None
        if not public_body and label in self._sectors:
            return f"an address under {self._sectors[label]}"
        for one in self._genuine:
            if public_body:
                if one.suffix == suffix and len(one.label) > 5 and edits(label, one.label, 1) <= 1:
                    return self._names[one.domain]
            elif _alike(label, domain, one):
                return self._names[one.domain]
        if not public_body:
            return self._like_sector(label, domain)
        return None

    def _neighbour(self, domain: str) -> str | None:
        """Under a suffix the list does not know, hosts of one domain may be different organisations:
        then the first label is what was mistyped."""
        first, _, rest = domain.partition(".")
        for genuine in self._names:
            other, _, its_rest = genuine.partition(".")
            most = allowed_edits(other)
            if (
                rest == its_rest
                and first != other
                and (skeleton(first) == skeleton(other) or (most and edits(first, other, most) <= most))
            ):
                return self._names[genuine]
        return None

    def _like_sector(self, label: str, domain: str) -> str | None:
        seen = skeleton(label)
        for first, sector in self._sectors.items():
            if seen == skeleton(first) and label != seen:
                return f"an address under {sector}"
            joined = sector.replace(".", "")
            collapsed = domain.replace("-", "").replace(".", "")
            if len(first) > 2 and (
                f"-{sector}" in domain
                or f".{sector}." in domain
                or (collapsed.endswith(joined) and label.endswith(f"-{first}"))
            ):
                return f"an address under {sector}"
        return None


def _alike(label: str, domain: str, one: _Genuine) -> bool:
    if label == one.label:  # another suffix
        return True
    seen = skeleton(label)
    if seen == one.skeleton:
        return True
    most = allowed_edits(one.label)
    near = edits(seen, one.skeleton, most) if label.startswith("xn--") else edits(label, one.label, most)
    if most and near <= most:
        return True
    plain, wanted = label.replace("-", ""), one.label.replace("-", "")
    if plain == wanted or domain.replace("-", "").replace(".", "") == one.domain.replace("-", "").replace(".", ""):
        return True
    if one.domain in domain and domain.startswith(f"{one.domain}."):  # council.gov.uk.elsewhere.com
        return True
    if len(wanted) < _SHORTEST_FOR_WORDS:
        return False
    if "-" in label and f"-{one.label}-" in f"-{label}-":
        return True
    return (plain.startswith(wanted) and plain[len(wanted) :] in _ADDED_WORDS) or (
        plain.endswith(wanted) and plain[: -len(wanted)] in _ADDED_WORDS
    )


def is_own_private_address(author: str | None, recipient: str) -> bool:
    """Whether the local part names the author: both of their names in either order, or an initial
    and the family name, whatever digits and separators stand between."""
    if author is None:
        return False
    names = [n for n in "".join(c if c.isalpha() else " " for c in parse_address(author).local).split() if n]
    local = "".join(c for c in parse_address(recipient).local if c.isalpha())
    if len(names) < 2 or len(names[-1]) < 2:
        return False
    first, last = names[0], names[-1]
    return local in {first + last, last + first, first[0] + last, last + first[0], "".join(names)}
