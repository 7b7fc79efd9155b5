"""Domains that look like a partner's or our own, and addresses that look like the author's at home.

A domain is taken for another's by what is registered: the label before the public suffix. It looks
alike when its label is the same under another suffix, the same to the eye (homoglyphs), a few edits
away (none up to 5 letters, one for 6 to 8, two above), or the same with a hyphen or word added.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import idna
import tldextract

from .addresses import AddressPatterns, parse_address

# Never fetches nor caches: the list that comes with the package is the list.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

# Letters that look like an ASCII letter, after compatibility folding and without marks (Unicode Technical Standard 39,
# confusables, the part that renders alike in common fonts), and Latin letters with strokes, hooks or as small
# capitals.
_LOOKS_LIKE = {
    "a": "аɑαəᴀ", "b": "ьЬƅʙɓƀ", "c": "сϲᴄƈȼ", "d": "ԁđɖɗᴅ", "e": "еҽɇᴇ", "f": "ƒꜰ", "g": "ɡցǥɢɠ", "h": "һհħɦⱨʜ",
    "j": "јʝɉᴊ", "k": "кκⱪᴋƙĸ", "l": "ӏі1iıιɩłɫɪɨ|ʟ", "m": "мᴍɱ", "n": "пոꞑŋɲƞɴ", "o": "оοօ0øσᴏɵ", "p": "рρƥƿᴘ",
    "q": "ԛʠ", "r": "гʀɍɾɽɼ", "s": "ѕ5ßꜱʂ", "t": "тτƫŧƭᴛ", "u": "υսцᴜʉ", "v": "νᴠᶌⱴⱱ", "w": "ԝшωᴡⱳ", "x": "хχ",
    "y": "уγʏɏƴỿ", "z": "ᴢƶⱬʐȥ",
}  # fmt: skip
_CONFUSABLE = {ord(odd): plain for plain, odds in _LOOKS_LIKE.items() for odd in odds}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ADDED = (
    "account", "accounts", "admin", "app", "billing", "care", "client", "clients", "council", "docs", "email",
    "gov", "group", "help", "helpdesk", "hr", "invoice", "invoices", "legal", "login", "ltd", "mail", "mails",
    "my", "nhs", "office", "online", "org", "pay", "payment", "payments", "portal", "secure", "security",
    "service", "services", "site", "staff", "support", "team", "trust", "uk", "update", "verify", "web",
)  # fmt: skip
_SHORTEST_FOR_WORDS = 4  # letters: words added to shorter labels make ordinary names
_LONGEST_WITHOUT_EDITS = 5
_MOST_EDITS = 2
_MOST_WORDS = 12  # hyphenated words of a label that are looked through
_REMEMBERED = 50_000


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
    return 0 if len(label) <= _LONGEST_WITHOUT_EDITS else 1 if len(label) <= 8 else _MOST_EDITS


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


class _Near:
    """Finds the words that are a few edits away from one asked for, in time that hardly grows with
    their number: two words within k edits have a common remainder after dropping up to k letters each."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._edits = dict(words)  # word -> how many edits away still look like it
        self._most = max(words.values(), default=0)
        self._longest = max(map(len, words), default=0)
        self._remainders: dict[str, list[str]] = {}
        for word, most in words.items():
            for remainder in _remainders(word, most):
                self._remainders.setdefault(remainder, []).append(word)

    def find(self, word: str) -> str | None:
        """The first such word by alphabet; None where there is none."""
        if len(word) > self._longest + self._most:
            return None
        common = self._remainders.keys() & _remainders(word, self._most)
        candidates = {w for remainder in common for w in self._remainders[remainder]}
        return next((w for w in sorted(candidates) if edits(word, w, self._edits[w]) <= self._edits[w]), None)


def _remainders(word: str, most: int) -> set[str]:
    """The word with up to `most` letters dropped, at most two."""
    found = {word}
    if most > 0:
        once = [word[:n] + word[n + 1 :] for n in range(len(word))]
        found.update(once)
        if most > 1:
            # The second letter dropped stands behind the first: each pair once.
            found.update(w[:m] + w[m + 1 :] for n, w in enumerate(once) for m in range(n, len(w)))
    return found


class LookAlikes:
    """Says which genuine domain another one looks like.

    `genuine` are the domains of partners and our own; `sectors` are suffixes below which only public
    bodies register, known by their first label (nhs.uk, but not nhs.co.uk).
    """

    def __init__(self, genuine: Iterable[str], sectors: Iterable[str], not_lookalike: Iterable[str]) -> None:
        self._domains = frozenset(genuine)
        self._sectors = {domain.partition(".")[0]: domain for domain in sorted(sectors) if _is_open_below(domain)}
        self._not = AddressPatterns(not_lookalike)
        self._own = self._domains | {".".join(registered(d)) for d in self._domains if registered(d)[0]}
        self._labels: dict[str, str] = {}  # each: what is compared -> the genuine domain to name
        self._skeletons: dict[str, str] = {}
        self._unhyphened: dict[str, str] = {}
        self._run_together: dict[str, str] = {}
        self._public: dict[tuple[str, str], str] = {}
        for domain in sorted(self._domains):
            label, suffix = registered(domain)
            if label:
                self._labels.setdefault(label, domain)
                self._skeletons.setdefault(skeleton(label), domain)
                self._unhyphened.setdefault(label.replace("-", ""), domain)
                self._run_together.setdefault(_run_together(domain), domain)
                self._public.setdefault((label, suffix), domain)
        self._near = _Near({label: allowed_edits(label) for label in self._labels})
        self._near_skeleton = _Near({label: allowed_edits(label) for label in self._skeletons})
        suffixes = tuple(f".{sector}" for sector in self._sectors.values())
        self._bodies = {_run_together(d): d for d in sorted(self._domains) if d.endswith(suffixes)}
        self._near_body = _Near(dict.fromkeys(self._bodies, 1))
        self._cache: dict[tuple[str, bool], str | None] = {}

    def of(self, domain: str, *, public_body: bool = False) -> str | None:
        """The genuine domain that `domain` (an A-label) may be taken for, else None.

        `public_body`: the domain stands below a suffix where only public bodies register. Two of
        them may share a label under two suffixes; only a single slip of the fingers is suspected.
        """
        key = (domain, public_body)
        if key not in self._cache:
            if len(self._cache) > _REMEMBERED:
                self._cache.clear()
            self._cache[key] = self._find(domain, public_body)
        return self._cache[key]

    def _find(self, domain: str, public_body: bool) -> str | None:
        label, suffix = registered(domain)
        whole = f"{label}.{suffix}"
        if not label or domain in self._own or any(self._not.matches(parse_address(f"@{d}")) for d in (domain, whole)):
            return None
        if whole in self._own:
            return self._neighbour(domain) if not _suffixes(domain).suffix else None
        if public_body:
            return self._mistyped_body(label, suffix, domain)
        if label in self._sectors:
            return f"an address under {self._sectors[label]}"
        return (
            self._same_label(label)
            or self._near_label(label)
            or self._longer(label, domain)
            or self._sector(label, domain)
        )

    def _same_label(self, label: str) -> str | None:
        """Another suffix, or the same to the eye."""
        return self._labels.get(label) or self._skeletons.get(skeleton(label))

    def _near_label(self, label: str) -> str | None:
        found = None if label.startswith("xn--") else self._near.find(label)
        if found is not None:
            return self._labels[found]
        seen = skeleton(label)
        found = self._near_skeleton.find(seen) if seen != label else None
        return self._skeletons[found] if found is not None else None

    def _longer(self, label: str, domain: str) -> str | None:
        """A hyphen, a dot or a word more, or the whole genuine domain as the beginning of another."""
        labels = domain.split(".")
        beginnings = [".".join(labels[:n]) for n in range(1, len(labels))]
        run_together = self._run_together.get(_run_together(domain)) or next(
            (found for b in beginnings if (found := self._run_together.get(_run_together(b)))), None
        )
        return self._unhyphened.get(label.replace("-", "")) or run_together or self._in_words(label)

    def _in_words(self, label: str) -> str | None:
        """A word added, whatever it is behind a hyphen, else one of those that are often added."""
        words = label.split("-")
        runs = ("-".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1))
        for part in runs if len(words) <= _MOST_WORDS else ():
            if len(part.replace("-", "")) >= _SHORTEST_FOR_WORDS and part in self._labels:
                return self._labels[part]
        return self._without_added(label)

    def _without_added(self, label: str) -> str | None:
        rests = _without_words(label.replace("-", ""))
        return next(
            (self._unhyphened[r] for r in rests if len(r) >= _SHORTEST_FOR_WORDS and r in self._unhyphened), None
        )

    def _mistyped_body(self, label: str, suffix: str, domain: str) -> str | None:
        """Below the suffix of a partner that is a public body: a slip, a letter that only looks right, added words."""
        found = self._near.find(label)
        one_slip = found is not None and len(found) > _LONGEST_WITHOUT_EDITS and edits(label, found, 1) <= 1
        if found is not None and one_slip and (found, suffix) in self._public:
            return self._public[found, suffix]
        seen = skeleton(label)
        alike = self._near_skeleton.find(seen) if seen != label else None
        longer = self._run_together.get(_run_together(domain)) or self._without_added(label)
        meant = self._skeletons[alike] if alike is not None else longer
        if meant is not None and registered(meant)[1] == suffix:
            return meant
        same = self._labels.get(label) if len(label) > _LONGEST_WITHOUT_EDITS else None
        return same if same is not None and _run_together(same) not in self._bodies else None

    def _neighbour(self, domain: str) -> str | None:
        """Under a suffix the list does not know, hosts of one domain may be different organisations:
        then the first label is what was mistyped."""
        first, _, rest = domain.partition(".")
        for genuine in sorted(self._domains):
            other, _, its_rest = genuine.partition(".")
            if rest != its_rest or first == other:
                continue
            most = allowed_edits(other)
            if skeleton(first) == skeleton(other) or (most and edits(first, other, most) <= most):
                return genuine
        return None

    def _sector(self, label: str, domain: str) -> str | None:
        """A suffix of public bodies to the eye, with a word more, inside a longer domain, or mistyped behind the label
        of a body that is known."""
        seen = skeleton(label)
        plain = label.replace("-", "")
        for first, sector in self._sectors.items():
            alike = seen == skeleton(first) and label != seen
            inside = f"-{sector}" in domain or f".{sector}." in domain
            ends = label.endswith(f"-{first}") and _run_together(domain).endswith(_run_together(sector))
            if alike or inside or ends or (plain != first and first in _without_words(plain)):
                return f"an address under {sector}"
        found = self._near_body.find(_run_together(domain))
        return self._bodies[found] if found is not None else None


def _is_open_below(domain: str) -> bool:
    """Whether many organisations register below this domain, if only below its regions (*.sch.uk)."""
    return is_public_suffix(domain) or is_public_suffix(f"region.{domain}")


def _without_words(label: str) -> list[str]:
    """What is left of a label when an added word is taken from either end."""
    rests = []
    if label.startswith(_ADDED):
        rests += [label.removeprefix(w) for w in _ADDED if label.startswith(w)]
    if label.endswith(_ADDED):
        rests += [label.removesuffix(w) for w in _ADDED if label.endswith(w)]
    return sorted(rests)


def _run_together(domain: str) -> str:
    return domain.replace("-", "").replace(".", "")


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
