"""Notices to senders and owners: what became of their mail, why, and what they can do. Pure: texts and
MIME only, nothing is sent from here.

Every notice must go out with the null reverse-path. The manners are those of RFC 3834: nothing is
answered that has a null reverse-path or was sent by a machine, and everything says that it is
automatic. No notice holds a found value, the original's subject or its text: only what kind of thing
was found and where. Recipients' addresses and the names of the sender's own files are the sender's to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.message import Message as MimeBlock
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime

from ..language import ENGLISH, Language, LanguageCode, languages_of, links_language
from ..model import Action, Controls, Inspection, Message, Verdict
from .notice_text import Rendered, Values, render
from .words import found_words, reason_words, shown

# Long Message-IDs must never be folded: the library would write them as encoded words.
_POLICY = SMTP.clone(max_line_length=900)
_PART_POLICY = SMTP.clone(max_line_length=76)  # RFC 2045, 6.7: of quoted-printable
_POLICY_UTF8 = SMTPUTF8.clone(max_line_length=900)

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")  # RFC 5322, 3.6.4: one line of printable ASCII without < and >
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f<>()\[\]:;,\\\"\u2028\u2029]+")
_NOTICE_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")

MAX_SUBJECT = 150  # characters, of each language
MAX_ADDRESS = 512  # RFC 5321, 4.5.3.1.4: no command line can hold a longer one
MAX_NOTE = 1000  # characters of a reviewer's own words


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message of ours: whom it goes to, from the null reverse-path, and its octets."""

    to: tuple[str, ...]
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilTexts:
    """What notices say of the council: from the configuration and the rules folder."""

    council: str
    duty_team: str  # telephone number
    from_address: str
    from_name: str
    hostname: str  # ours, for Message-ID and Reporting-MTA
    zone: tzinfo  # in which times are told
    templates: Mapping[str, str] = field(repr=False)  # file name -> text (`notice_text.PLACEHOLDERS`)
    languages: Mapping[LanguageCode, Language] = field(default_factory=lambda: languages_of({}), repr=False)
    page_has_languages: bool = False  # the page of a message can be read in several, so links name theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a notice is about and whom it goes to."""

    message: Message
    controls: Controls
    to: tuple[str, ...]
    to_owner: bool = False  # goes to the group's owner instead of the sender: no answer, so always allowed
    now: datetime  # aware
    notice_id: str  # unique; becomes the left side of the Message-ID
    link: str = ""  # page of the message in the console, https; "" where there is none
    link_until: datetime | None = None  # the link works till then
    languages: tuple[LanguageCode, ...] = ("en",)  # of the notice, in their order


def may_answer(message: Message, controls: Controls) -> bool:
    """Whether the sender may be sent a notice at all (RFC 3834, 2)."""
    return message.envelope.reverse_path is not None and not controls.auto_submitted


def hold_notice(
    occasion: Occasion, inspection: Inspection, verdicts: Sequence[Verdict], texts: CouncilTexts
) -> Notice | None:
    """The receipt for a message of which some recipient was held: who has it, who has not, why, what now.

    `verdicts` are those of all recipients. None when nothing may be sent or nobody was held.
    """
    held = [v for v in verdicts if v.action is Action.HOLD]
    if not held:
        return None
    until = max((v.hold_until for v in held if v.hold_until is not None), default=None)
    last_day = (until or occasion.message.received_at) + timedelta(days=min(v.expires_days for v in held))

    def values(language: Language) -> Values:
        return {
            "held_brief": in_brief([v.recipient for v in held], language),
            **_by_action(verdicts),
            "reasons": _reasons(held, language),
            "rules": ", ".join(dict.fromkeys(shown(rule) for v in held for rule in v.rules)),
            "found": _found(inspection, language),
            "link_until": _time_or_none(occasion.link_until, texts, language),
            "until": _time_or_none(until, texts, language),
            "expires_at": time_words(last_day, texts.zone, language),
        }

    return notice("hold.txt", occasion, values, texts)


def rejection_notice(
    occasion: Occasion, inspection: Inspection, verdicts: Sequence[Verdict], texts: CouncilTexts
) -> Notice | None:
    """For recipients that policy rejected. None when nothing may be sent or nobody was rejected."""
    rejected = [v for v in verdicts if v.action is Action.REJECT]
    if not rejected:
        return None

    def values(language: Language) -> Values:
        return {
            "rejected_brief": in_brief([v.recipient for v in rejected], language),
            **_by_action(verdicts),
            "reasons": _reasons(rejected, language),
            "found": _found(inspection, language),
        }

    return notice("rejection.txt", occasion, values, texts)


def release_notice(
    occasion: Occasion,
    texts: CouncilTexts,
    *,
    sent: Sequence[str] = (),
    encrypted: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> Notice | None:
    """A held message was let go, by whomever: `sent` as ordinary mail, `encrypted` by a secure route, without the
    attachments `removed`."""

    def values(language: Language) -> Values:
        return {
            "all_brief": in_brief([*sent, *encrypted], language),
            "sent": _addresses(sent),
            "encrypted": _addresses(encrypted),
            "removed": tuple(shown(name) for name in removed),
        }

    return notice("release.txt", occasion, values, texts)


def refusal_notice(
    occasion: Occasion, texts: CouncilTexts, *, recipients: Sequence[str], reason_code: str, note: str = ""
) -> Notice | None:
    """A reviewer decided that it is not sent. `note` is the reviewer's own message to the sender, if any."""

    def values(language: Language) -> Values:
        return {
            "rejected_brief": in_brief(recipients, language),
            "rejected": _addresses(recipients),
            "reason": reason_words(reason_code, language),
            "note": tuple(shown(line.strip(), MAX_NOTE) for line in note[:MAX_NOTE].splitlines() if line.strip()),
        }

    return notice("refusal.txt", occasion, values, texts)


def expiry_notice(occasion: Occasion, texts: CouncilTexts, *, recipients: Sequence[str]) -> Notice | None:
    """Nobody decided in time: it was not sent and never will be."""

    def values(language: Language) -> Values:
        return {"expired_brief": in_brief(recipients, language), "expired": _addresses(recipients)}

    return notice("expiry.txt", occasion, values, texts)


def code_notice(occasion: Occasion, texts: CouncilTexts, *, code: str, good_until: datetime) -> Notice | None:
    """The code to sign in with, for the author. None when nothing may be sent, or it would go to anybody else."""
    if occasion.to_owner:
        return None

    def values(language: Language) -> Values:
        return {"code": code, "good_until": time_words(good_until, texts.zone, language)}

    return notice("code.txt", occasion, values, texts)


def withdrawal_notice(occasion: Occasion, texts: CouncilTexts, *, recipients: Sequence[str]) -> Notice | None:
    """Its sender withdrew it."""

    def values(language: Language) -> Values:
        return {"withdrawn_brief": in_brief(recipients, language), "withdrawn": _addresses(recipients)}

    return notice("withdrawal.txt", occasion, values, texts)


def review_notice(
    occasion: Occasion, texts: CouncilTexts, *, held_ids: Sequence[str], expires_at: datetime | None
) -> Notice | None:
    """To reviewers: the sender asks for a release. Recipients and the reason are not in it: `holds show` has them."""

    def values(language: Language) -> Values:
        return {"held_ids": tuple(held_ids), "expires_at": _time_or_none(expires_at, texts, language)}

    return notice("review.txt", occasion, values, texts)


def urgent_notice(occasion: Occasion, texts: CouncilTexts, *, held_ids: Sequence[str]) -> Notice | None:
    """To reviewers: the sender had held mail sent because someone is at risk now. They look at it afterwards."""
    return notice("urgent.txt", occasion, lambda _language: {"held_ids": tuple(held_ids)}, texts)


def question_notice(occasion: Occasion, texts: CouncilTexts, *, expires_at: datetime | None) -> Notice | None:
    """To the author: a reviewer asks something. The question is read on the page alone. None when nothing may be sent,
    or it would go to anybody else."""
    if occasion.to_owner or not occasion.link:
        return None

    def values(language: Language) -> Values:
        return {
            "expires_at": _time_or_none(expires_at, texts, language),
            "link_until": _time_or_none(occasion.link_until, texts, language),
        }

    return notice("question.txt", occasion, values, texts)


def answer_notice(occasion: Occasion, texts: CouncilTexts, *, expires_at: datetime | None) -> Notice | None:
    """To reviewers: the sender has answered. The answer is read on the page alone."""

    def values(language: Language) -> Values:
        return {"expires_at": _time_or_none(expires_at, texts, language)}

    return notice("answer.txt", occasion, values, texts)


def risk_notice(occasion: Occasion, texts: CouncilTexts, *, held_ids: Sequence[str]) -> Notice | None:
    """To reviewers, at any hour: someone is at risk now, says the sender, and what is held waits for them alone."""
    return notice("at-risk.txt", occasion, lambda _language: {"held_ids": tuple(held_ids)}, texts)


def in_brief(addresses: Sequence[str], language: Language = ENGLISH) -> str:
    """“a@b.example and 2 others”."""
    first = shown(_checked_address(addresses[0]))
    others = len(addresses) - 1
    if not others:
        return first
    return language.several("{first} and {count} other", "{first} and {count} others", others, first=first)


def time_words(moment: datetime, zone: tzinfo, language: Language = ENGLISH) -> str:
    """“Monday 23 November 2026 at 14:05”."""
    return language.time_words(moment.astimezone(zone))


def _time_or_none(moment: datetime | None, texts: CouncilTexts, language: Language) -> str:
    return "" if moment is None else time_words(moment, texts.zone, language)


def values_by_language(
    occasion: Occasion, texts: CouncilTexts, values: Callable[[Language], Values]
) -> dict[LanguageCode, Values]:
    """All values of a notice, for each of its languages."""
    languages = [texts.languages[code] for code in occasion.languages]
    return {one.code: {**common_values(occasion, texts, one), **values(one)} for one in languages}


def common_values(
    occasion: Occasion, texts: CouncilTexts, language: Language = ENGLISH
) -> dict[str, str | tuple[str, ...]]:
    """The values that every template may use. Raises ValueError when the link is not https or http."""
    if occasion.link and not re.fullmatch(r"https?://[!-~]+", occasion.link):
        raise ValueError("the link of a notice is no web address")
    opening = language.say("You receive this for the sender’s team: the sender can’t be told directly.")
    return {
        "council": texts.council,
        "duty_team": texts.duty_team,
        "id": occasion.message.id,
        "sent_at": time_words(occasion.message.received_at, texts.zone, language),
        "link": links_language(occasion.link, language) if texts.page_has_languages else occasion.link,
        "opening": opening if occasion.to_owner else "",
    }


def envelope_header(occasion: Occasion, subject: str, texts: CouncilTexts) -> EmailMessage:
    """A message with the header of an automatic notice and no content yet. Raises ValueError for a
    field that could break out of its line."""
    addresses = [_checked_address(address) for address in occasion.to]
    if not occasion.to or not _NOTICE_ID.fullmatch(occasion.notice_id):
        raise ValueError("a notice needs somebody to go to and an id of letters and digits")
    mail = EmailMessage(policy=policy_for(occasion))
    mail["From"] = Address(display_name=header_text(texts.from_name, 100), addr_spec=texts.from_address)
    # An address with quotes or commas in it could be read as several: the envelope alone has it then.
    plain = all(_PLAIN_ADDRESS.fullmatch(address) and "=?" not in address for address in addresses)
    mail["To"] = ", ".join(addresses) if plain else "undisclosed-recipients:;"
    mail["Subject"] = header_text(subject, MAX_SUBJECT * len(occasion.languages))
    mail["Date"] = format_datetime(occasion.now.astimezone(UTC))
    mail["Message-ID"] = f"<{occasion.notice_id}@{texts.hostname}>"
    original = occasion.controls.message_id_header
    if original is not None and _MESSAGE_ID.fullmatch(original.strip()) and "=?" not in original:
        mail["In-Reply-To"] = original.strip()
        mail["References"] = original.strip()
    mail["Auto-Submitted"] = "auto-generated" if occasion.to_owner else "auto-replied"
    return mail


def header_text(text: str, limit: int) -> str:
    """Text for a header field. The library decodes encoded words in what it is given and writes the
    result, so that `=?utf-8?q?=0D=0ABcc:...?=` in an address would become a field of its own."""
    return shown(shown(text, limit).replace("=?", "= ?"), limit)


def policy_for(occasion: Occasion) -> EmailPolicy[EmailMessage]:
    """UTF-8 in header fields only where an address can't be written otherwise (RFC 6532)."""
    return _POLICY if all(address.isascii() for address in occasion.to) else _POLICY_UTF8


def notice(
    template: str, occasion: Occasion, values: Callable[[Language], Values], texts: CouncilTexts
) -> Notice | None:
    """The mail made of a template. None when the sender may not be sent one."""
    if not occasion.to_owner and not may_answer(occasion.message, occasion.controls):
        return None
    rendered: Rendered = render(texts.templates, template, values_by_language(occasion, texts, values))
    mail = envelope_header(occasion, rendered.subject, texts)
    put_parts(mail, "multipart/alternative", [text_part(rendered.text), text_part(rendered.html, "html")], occasion)
    return Notice(to=occasion.to, octets=mail.as_bytes())


def text_part(text: str, subtype: str = "plain") -> EmailMessage:
    """A text as one MIME part of short ASCII lines."""
    part = EmailMessage(policy=_PART_POLICY)
    part.set_content(text, subtype=subtype, cte="quoted-printable")
    del part["MIME-Version"]  # RFC 2045, 4: only the message itself has it
    return part


def put_parts(mail: EmailMessage, media_type: str, parts: Sequence[MimeBlock], occasion: Occasion) -> None:
    """Make `mail` a multipart of these parts. The boundary comes from the notice's id: no chance is needed."""
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = media_type
    mail.set_boundary(f"=_{occasion.notice_id}")
    mail.set_payload(list(parts))


def _by_action(verdicts: Sequence[Verdict]) -> dict[str, tuple[str, ...]]:
    names = {Action.HOLD: "held", Action.REJECT: "rejected", Action.RELAY: "sent", Action.ENCRYPT: "encrypted"}
    return {name: _addresses([v.recipient for v in verdicts if v.action is action]) for action, name in names.items()}


def _addresses(addresses: Sequence[str]) -> tuple[str, ...]:
    return tuple(shown(_checked_address(address), MAX_ADDRESS) for address in addresses)


def _checked_address(address: str) -> str:
    if not 0 < len(address) <= MAX_ADDRESS or _UNSAFE_IN_ADDRESS.search(address):
        raise ValueError("an address of a notice is empty, too long or holds a control character")
    return address


def _reasons(verdicts: Sequence[Verdict], language: Language) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown(reason, 300) for v in verdicts for reason in v.reasons_in(language.code)))


def _found(inspection: Inspection, language: Language) -> tuple[str, ...]:
    return found_words(
        inspection.findings, inspection.gaps, inspection.markings, inspection.attachments, language=language
    )
