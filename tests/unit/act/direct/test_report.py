"""The report on TLS, as RFC 8460 wants it."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest

from dlp_gateway.act.direct.report import Reporter, report_addresses, report_mail
from dlp_gateway.secure_way import TlsCount

REPORTER = Reporter(
    organisation="Example Council", contact="mail-check@council.example", submitter="gw.council.example"
)
POLICY = ("version: STSv1", "mode: enforce", "mx: mx.partner.example", "max_age: 86400")
GOOD = TlsCount(
    day=date(2026, 11, 26),
    domain="partner.example",
    policy_type="sts",
    policy=POLICY,
    server="mx.partner.example",
    address="192.0.2.1",
    result="",
    sessions=40,
)
EXPIRED = replace(GOOD, result="certificate-expired", sessions=3)
DANE = replace(GOOD, policy_type="tlsa", policy=("3 1 1 " + "ab" * 32,), sessions=2)
UNFETCHED = replace(GOOD, policy=(), server="", address="", result="sts-policy-fetch-error", sessions=1)


def test_a_report_holds_each_policy_with_its_sums_and_failures() -> None:
    octets = report_mail(
        [GOOD, EXPIRED, DANE, UNFETCHED], REPORTER, ["tls@partner.example"], datetime(2026, 11, 27, tzinfo=UTC)
    )
    mail = message_from_bytes(octets, policy=policy.SMTP)
    assert (mail.get_content_type(), mail.get_param("report-type")) == ("multipart/report", "tlsrpt")
    assert (mail["TLS-Report-Domain"], mail["TLS-Report-Submitter"]) == ("partner.example", "gw.council.example")
    assert mail["Subject"].startswith(
        "Report Domain: partner.example Submitter: gw.council.example Report-ID: <2026-11-26."
    )
    part = mail.get_payload(1)
    assert part.get_content_type() == "application/tlsrpt+gzip"
    report = json.loads(gzip.decompress(part.get_payload(decode=True)))
    assert report["date-range"] == {"start-datetime": "2026-11-26T00:00:00Z", "end-datetime": "2026-11-26T23:59:59Z"}
    assert (report["organization-name"], report["contact-info"]) == ("Example Council", "mail-check@council.example")
    sts, dane, unfetched = report["policies"]
    assert sts["policy"] == {
        "policy-type": "sts",
        "policy-domain": "partner.example",
        "policy-string": list(POLICY),
        "mx-host": ["mx.partner.example"],
    }
    assert sts["summary"] == {"total-successful-session-count": 40, "total-failure-session-count": 3}
    assert sts["failure-details"] == [
        {
            "result-type": "certificate-expired",
            "failed-session-count": 3,
            "receiving-mx-hostname": "mx.partner.example",
            "receiving-ip": "192.0.2.1",
        }
    ]
    assert dane["summary"]["total-successful-session-count"] == 2
    assert unfetched["failure-details"] == [{"result-type": "sts-policy-fetch-error", "failed-session-count": 1}]


@pytest.mark.parametrize(
    ("texts", "addresses"),
    [
        (("v=TLSRPTv1; rua=mailto:tls@partner.example",), ("tls@partner.example",)),
        (("v=TLSRPTv1;rua=mailto:a@b.example,mailto:c@d.example;",), ("a@b.example", "c@d.example")),
        (("v=TLSRPTv1; rua=https://partner.example/tls",), ()),
        (("v=TLSRPTv1; rua=https://x.example/t,mailto:a@b.example",), ("a@b.example",)),
        (("v=TLSRPTv1; rua=mailto:a@b.example%0d%0aBcc:c@d.example",), ()),
        (("v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1; rua=mailto:c@d.example"), ()),
        (("v=spf1 -all",), ()),
        ((), ()),
    ],
)
def test_reports_go_to_the_mailboxes_that_the_domain_names(texts: tuple[str, ...], addresses: tuple[str, ...]) -> None:
    assert report_addresses(texts) == addresses
