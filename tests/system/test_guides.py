"""Who follows a guide gets what it promises: its files are run as they stand there, but for ports and folders."""

from __future__ import annotations

import re
import smtplib
import ssl
import tempfile
from pathlib import Path

import pytest

from dlp_gateway.config import Config
from tests.support.certificates import make_authority
from tests.support.client_mail import BLOG, COLLEAGUE, OFFICER, SENSITIVE, mail, send
from tests.support.dovecot import running_dovecot
from tests.support.gateway_process import running_gateway
from tests.support.guides import FOLDER, files_of, gateway_settings, main_cf
from tests.support.hop_thread import running_hop, wait_for
from tests.support.maildir import messages_for
from tests.support.ports import free_port
from tests.support.postfix import as_written


def started(folder, blocks):
    settings = gateway_settings(blocks)
    return running_gateway(folder, settings.pop("routes"), **settings)


def test_postfix_before_its_queue(tmp_path):
    """A real log-in under TLS at the submission port; a refusal is heard by the client itself."""
    port, back = free_port(), free_port()
    blocks = files_of(
        "postfix-before-queue", {"2525": str(port), "10026": str(back), "submission inet": "127.0.0.1:{port} inet"}
    )
    authority = make_authority(tmp_path)
    certificate, key = authority.server_files("localhost")
    with (
        running_dovecot(tmp_path, {OFFICER: "{PLAIN}secret"}) as dovecot,
        started(tmp_path / "gateway", blocks),
        as_written(
            blocks["/etc/postfix/master.cf"],
            smtpd_tls_cert_file=str(certificate),
            smtpd_tls_key_file=str(key),
            smtpd_sasl_type="dovecot",
            smtpd_sasl_path=f"inet:{dovecot.tcp}",
        ) as postfix,
    ):
        with smtplib.SMTP("localhost", postfix.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(authority.file)))
            client.login(OFFICER, "secret")
            assert client.sendmail(OFFICER, [COLLEAGUE], mail("guide-1")) == {}
            with pytest.raises(smtplib.SMTPDataError, match=r"5\.7\.1 Message refused by the organisation"):
                client.sendmail(OFFICER, [BLOG], mail("guide-2", SENSITIVE))
        postfix.wait_for_empty_queue()
        assert len(messages_for(postfix.mail, COLLEAGUE)) == 1
        assert not messages_for(postfix.mail, BLOG)
        assert re.search(r"after-gateway/smtpd\[\d+\]: .*orig_client=", postfix.log())


def test_postfix_from_its_queue(tmp_path):
    """What the local sendmail sends is read, too; a refusal is Postfix's own bounce."""
    port, back = free_port(), free_port()
    blocks = files_of("postfix-content-filter", {"2525": str(port), "10026": str(back)})
    services = "{smtpd}\n" + blocks["/etc/postfix/master.cf"]
    with (
        started(tmp_path, blocks),
        as_written(services, **main_cf(blocks["/etc/postfix/main.cf"])) as postfix,
    ):
        assert send(postfix.port, mail("guide-3"), COLLEAGUE).code == 250
        assert send(postfix.port, mail("guide-4", SENSITIVE), BLOG).code == 250
        postfix.wait_for_empty_queue()
        assert len(messages_for(postfix.mail, COLLEAGUE)) == 1
        assert not messages_for(postfix.mail, BLOG)
        assert "5.7.1 Message refused by the organisation's data protection policy" in postfix.log()
        assert re.search(r"after-gateway/smtpd\[\d+\]: .*orig_queue_id=", postfix.log())


def test_postfix_that_keeps_its_mail_and_asks():
    """What may leave stays with Postfix, what may not is refused in the session; while we are away clients wait."""
    back = free_port()
    # Not below pytest's tmp_path, which only root may enter: the socket is for Postfix.
    with tempfile.TemporaryDirectory(prefix="milter-") as name:
        Path(name).chmod(0o755)
        blocks = files_of(
            "postfix-milter",
            {"/var/spool/postfix/dlp-gateway": name, "unix:dlp-gateway": f"unix:{name}", "10026": str(back)},
        )
        services = "127.0.0.1:{port} inet n - n - - smtpd\n" + blocks["/etc/postfix/master.cf"]
        with as_written(services, **main_cf(blocks["/etc/postfix/main.cf"])) as postfix:
            with started(Path(name) / "gateway", blocks):
                assert send(postfix.port, mail("guide-10"), COLLEAGUE).code == 250
                refused = send(postfix.port, mail("guide-11", SENSITIVE), BLOG)
                assert (refused.code, "5.7.1 Message refused by the organisation" in refused.text) == (550, True)
                postfix.wait_for_empty_queue()
                assert len(messages_for(postfix.mail, COLLEAGUE)) == 1
                assert not messages_for(postfix.mail, BLOG)
            assert send(postfix.port, mail("guide-12"), COLLEAGUE).code == 451


def test_microsoft_365_is_known_by_its_certificate_and_sees_ours(tmp_path):
    """The gateway's side of the guide: Microsoft's servers are played by a client and a next hop with certificates."""
    port = free_port()
    authority = make_authority(tmp_path)
    ours, _ = authority.server_files("gateway.council.example")
    microsoft, _ = authority.server_files("mail.protection.outlook.com")
    asking = authority.server_context("council-example.mail.protection.outlook.com")
    asking.load_verify_locations(authority.file)
    asking.verify_mode = ssl.CERT_REQUIRED
    with running_hop(tls=asking) as tenant:
        there = "council-example.mail.protection.outlook.com"
        blocks = files_of(
            "microsoft-365",
            {
                "host: 0.0.0.0\n      port: 25": f"host: 127.0.0.1\n      port: {port}",
                f'"{there}:25"': f'"127.0.0.1:{tenant.port}"\n    tls_name: {there}\n    ca_file: {authority.file}',
                "gateway.pem": str(ours),
                "gateway.key": str(ours),
                "40.92.0.0/15": "127.0.0.0/8",
                "/etc/ssl/certs/ca-certificates.crt": str(authority.file),
            },
        )
        kept = {"X_MS_Exchange_Organization_AuthAs": "Internal", "X_LD_Processed": "tenant,ExtAddr"}
        forged = {"X_DLP_Gateway": "passed; " + "0" * 64}
        with started(tmp_path / "gateway", blocks) as gateway, smtplib.SMTP("127.0.0.1", port) as client:
            trust = ssl.create_default_context(cafile=str(authority.file))
            trust.check_hostname = False
            trust.load_cert_chain(microsoft)
            client.starttls(context=trust)
            assert client.sendmail(OFFICER, [COLLEAGUE], mail("guide-8", **kept, **forged)) == {}
            with pytest.raises(smtplib.SMTPSenderRefused, match=r"5\.7\.1 This host may not use that reverse-path"):
                client.sendmail("someone@other-tenant.example", [COLLEAGUE], mail("guide-9"))
            (arrived,) = wait_for(tenant, COLLEAGUE)
            for name, value in kept.items():
                assert f"\r\n{name.replace('_', '-')}: {value}\r\n".encode() in arrived.octets
            assert b"passed;" not in arrived.octets
            assert arrived.octets.count(b"X-DLP-Gateway: ") == 1
            assert "certificate verified" in gateway.run("doctor").stdout


@pytest.mark.parametrize(
    ("guide", "deployed"),
    [
        ("postfix-before-queue", "before-queue"),
        ("postfix-content-filter", "after-queue"),
        ("postfix-milter", "milter"),
    ],
)
def test_what_a_guide_shows_is_what_deploy_offers_for_copying(guide, deployed, repository):
    """Two places that differ would leave the reader to guess which is right."""
    text = (repository / f"deploy/postfix/{deployed}.cf").read_text(encoding="utf-8")
    for name, block in files_of(guide).items():
        if name.startswith("/etc/postfix/"):
            assert block.strip() in text


@pytest.mark.parametrize("guide", sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "exim"))
def test_the_configuration_of_each_guide_is_one(guide):
    assert Config.model_validate(gateway_settings(files_of(guide))).clients


def test_every_guide_says_whether_it_was_run():
    """An operator must know what nobody could try."""
    for guide in FOLDER.glob("*.md"):
        assert re.search(
            r"The tests\s+run\s+a real|This was run with|could not be tried here", guide.read_text(encoding="utf-8")
        ), guide
