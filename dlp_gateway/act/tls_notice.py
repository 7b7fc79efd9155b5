"""The mail that tells administrators to which domains nothing gets through under proven TLS. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..language import Language
from ..model import ReviewKey
from .notify import CouncilTexts, Notice, Occasion, notice
from .words import first_and_more, shown

_WORDS = {
    "starttls-not-supported": "its servers did not offer encryption",
    "certificate-expired": "the certificate of its server has expired",
    "certificate-host-mismatch": "the certificate of its server is made out to another name",
    "certificate-not-trusted": "nobody whom we trust vouches for the certificate of its server",
    "validation-failure": "the certificate of its server is not the one that was promised, or encryption failed",
    "sts-policy-fetch-error": "it announces a policy on encryption, but the policy can't be had",
    "sts-policy-invalid": "its policy on encryption is not valid",
    "sts-webpki-invalid": "the certificate of the site with its policy on encryption is not valid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTrouble:
    """A domain to which TLS failed on a day and never went well. `results` are words of RFC 8460, 4.3."""

    domain: str
    day: date
    results: tuple[str, ...]

    @property
    def key(self) -> ReviewKey:
        return f"tls:{self.domain}", self.day, "failed"

    @property
    def is_news(self) -> bool:
        return True


def tls_notice(occasion: Occasion, troubles: Sequence[TlsTrouble], texts: CouncilTexts) -> Notice:
    """What `occasion.to` are told of these; there is one at least."""

    def values(language: Language) -> dict[str, str | tuple[str, ...]]:
        return {
            "tls_brief": first_and_more([one.domain for one in troubles], language),
            "failed_domains": tuple(_line(t, language) for t in troubles),
        }

    made = notice("tls-failures.txt", occasion, values, texts)
    assert made is not None, "a notice to an administrator is no answer to anybody"
    return made


def _line(trouble: TlsTrouble, language: Language) -> str:
    why = "; ".join(language.say(_WORDS[_known(result)]) for result in trouble.results)
    return language.say("{name}: {why}", name=shown(trouble.domain), why=why)


def _known(result: str) -> str:
    return result if result in _WORDS else "validation-failure"
