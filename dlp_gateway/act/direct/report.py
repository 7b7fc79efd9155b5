"""The report on TLS that a domain asks its correspondents for (RFC 8460). Pure."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from ...secure_way import TlsCount

_FIELD = re.compile(r"\s*rua\s*=\s*(.*)")
_MAILBOX = re.compile(r"mailto:([^\s,;:?@<>]+@[A-Za-z0-9.-]+)")
MOST_ADDRESSES = 3
MOST_FAILURES = 500  # of one policy, so that no report is larger than a mail may be


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reports: an organisation, the address that answers for it, and the name of our server."""

    organisation: str
    contact: str
    submitter: str


def report_addresses(texts: Sequence[str]) -> tuple[str, ...]:
    """The mail addresses in the TXT records at "_smtp._tls." (3): () where there is not exactly one such record, or it
    names other ways only."""
    records = [text for text in texts if re.match(r"v=TLSRPTv1\s*;", text)]
    if len(records) != 1:
        return ()
    found = (match[1] for part in records[0].split(";")[1:] if (match := _FIELD.fullmatch(part)))
    addresses = (_MAILBOX.fullmatch(uri.strip()) for value in found for uri in value.split(","))
    return tuple(match[1] for match in addresses if match)[:MOST_ADDRESSES]


def report_id(domain: str, day: date, submitter: str) -> str:
    """The same for the same day, so that a receiver can tell a repetition."""
    return f"{day.isoformat()}.{domain}@{submitter}"


def report_json(counts: Sequence[TlsCount], reporter: Reporter) -> bytes:
    """The report on one domain's day (4.4); `counts` are all of that domain and day, one at least."""
    domain, day = counts[0].domain, counts[0].day
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1, seconds=-1)
    policies: dict[tuple[str, tuple[str, ...]], list[TlsCount]] = {}
    for count in counts:
        policies.setdefault((count.policy_type, count.policy), []).append(count)
    report = {
        "organization-name": reporter.organisation,
        "date-range": {"start-datetime": _moment(start), "end-datetime": _moment(end)},
        "contact-info": reporter.contact,
        "report-id": report_id(domain, day, reporter.submitter),
        "policies": [_policy(domain, kind, text, some) for (kind, text), some in policies.items()],
    }
    return json.dumps(report, ensure_ascii=False, indent=1).encode()


def report_mail(counts: Sequence[TlsCount], reporter: Reporter, to: Sequence[str], now: datetime) -> bytes:
    """The mail that carries it (5.3)."""
    domain, day = counts[0].domain, counts[0].day
    id_ = report_id(domain, day, reporter.submitter)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = reporter.contact
    mail["To"] = ", ".join(to)
    mail["Date"] = now
    mail["Message-ID"] = f"<{id_}>"
    mail["Subject"] = f"Report Domain: {domain} Submitter: {reporter.submitter} Report-ID: <{id_}>"
    mail["TLS-Report-Domain"] = domain
    mail["TLS-Report-Submitter"] = reporter.submitter
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"This is the report of {reporter.organisation} on TLS with the mail servers of {domain}\n"
        f"on {day.isoformat()}, as RFC 8460 describes it.\n"
    )
    mail.add_attachment(
        gzip.compress(report_json(counts, reporter), mtime=0),
        maintype="application",
        subtype="tlsrpt+gzip",
        filename=f"{reporter.submitter}!{domain}!{_unix(day)}!{_unix(day) + 86399}.json.gz",
    )
    mail.replace_header("Content-Type", mail["Content-Type"].replace("multipart/mixed", "multipart/report"))
    mail.set_param("report-type", "tlsrpt")
    return mail.as_bytes()


def _policy(domain: str, kind: str, text: Sequence[str], counts: Sequence[TlsCount]) -> dict[str, Any]:
    policy: dict[str, Any] = {"policy-type": kind, "policy-domain": domain}
    if text:
        policy["policy-string"] = list(text)
    hosts = [line.removeprefix("mx: ") for line in text if line.startswith("mx: ")]
    if hosts:
        policy["mx-host"] = hosts
    failures = [count for count in counts if count.result]
    return {
        "policy": policy,
        "summary": {
            "total-successful-session-count": sum(c.sessions for c in counts if not c.result),
            "total-failure-session-count": sum(c.sessions for c in failures),
        },
        "failure-details": [_failure(count) for count in failures[:MOST_FAILURES]],
    }


def _failure(count: TlsCount) -> dict[str, Any]:
    details: dict[str, Any] = {"result-type": count.result, "failed-session-count": count.sessions}
    if count.server:
        details |= {"receiving-mx-hostname": count.server, "receiving-ip": count.address}
    return details


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _unix(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
