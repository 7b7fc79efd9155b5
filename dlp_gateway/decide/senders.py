"""Groups of senders: by the author's address, or by a header field that a trusted system wrote."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from ..language import LanguageCode, LanguageCodes
from ..model import Controls
from .addresses import AddressPatterns, Pattern, parse_address
from .words import Section

OUT_OF_SCOPE = "out-of-scope"


class SenderGroup(Section):
    """One group as in `rules/senders.yaml`."""

    addresses: tuple[Pattern, ...] = ()
    trusted_header: str | None = None  # "Name: value"; counts only when the sender is vouched for
    reviewers: str | None = None  # reviewer group for holds of rules that name none
    language: LanguageCode = "en"  # of the disclaimer
    notice_languages: LanguageCodes | None = Field(None, min_length=1)  # None: as the configuration says
    owner: str | None = None  # hears of holds that can't be told to the sender

    @field_validator("trusted_header")
    @classmethod
    def _named_value(cls, value: str | None) -> str | None:
        if value is not None and not all(x.strip() for x in (value.partition(":")[0], value.partition(":")[2])):
            raise ValueError(f"“{value}” is not a header field; write it like “X-Council-Department: ASC”")
        return value

    @model_validator(mode="after")
    def _somebody(self) -> SenderGroup:
        if not self.addresses and self.trusted_header is None:
            raise ValueError("is empty; give addresses or a trusted_header")
        return self


class SendersFile(Section):
    """`rules/senders.yaml`."""

    groups: dict[str, SenderGroup] = Field(default_factory=dict)


class SenderGroups:
    """Which groups an author belongs to."""

    def __init__(self, groups: dict[str, SenderGroup]) -> None:
        self.groups = groups
        self._patterns = {name: AddressPatterns(group.addresses) for name, group in groups.items()}
        self._headers = {
            _header(group.trusted_header): name for name, group in groups.items() if group.trusted_header is not None
        }

    @property
    def wanted_headers(self) -> tuple[str, ...]:
        """Names of the header fields that groups ask for."""
        return tuple(sorted({name for name, _ in self._headers}))

    def by_address(self, address: str | None) -> frozenset[str]:
        """Groups whose addresses match; none for None."""
        if address is None:
            return frozenset()
        parsed = parse_address(address)
        return frozenset(name for name, patterns in self._patterns.items() if patterns.matches(parsed))

    def of(self, controls: Controls, *, vouched: bool) -> frozenset[str]:
        """Groups of a message's author. A header anybody can type counts only when vouched for."""
        groups = self.by_address(controls.author)
        if vouched and self._headers:
            groups |= {self._headers[h] for h in map(_header, controls.trusted_headers) if h in self._headers}
        return groups

    def language(self, groups: frozenset[str]) -> str:
        """Language of the disclaimer: Welsh where one of the groups asks for it."""
        return "cy" if any(self.groups[name].language == "cy" for name in groups) else "en"

    def notice_languages(self, controls: Controls, vouched: bool) -> tuple[LanguageCode, ...] | None:
        """Languages in which a message's author is written to: those of the first of their groups (by name) that
        names some; None where none does."""
        groups = sorted(self.of(controls, vouched=vouched))
        return next((found for name in groups if (found := self.groups[name].notice_languages)), None)

    def reviewers(self, groups: frozenset[str]) -> str | None:
        """Reviewer group that the first of these groups (by name) asks for."""
        return next((r for name in sorted(groups) if (r := self.groups[name].reviewers)), None)


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip().lower(), value.strip()
