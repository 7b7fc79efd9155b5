"""Values planted in mail stand afterwards in the mail that was meant to carry them, and nowhere else."""

from __future__ import annotations

import http.client
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import docx
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen import canvas

from tests.support.client_mail import BLOG, COLLEAGUE, HOSPITAL, OFFICER, STRANGER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop, taken_for, wait_for
from tests.support.ports import free_port

PLANTED = {
    "NHS number": "999 182 3700",
    "National Insurance number": "CE 98 76 54 B",
    "name": "Quillfeather",
    "telephone number": "01632 960777",
    "password": "Tr0mbone-Sesame-41",
    "diagnosis": "severe schizophrenia since March",
}

TEXT = (
    "Zebedee Quillfeather, NHS number 999 182 3700, National Insurance number CE 98 76 54 B, telephone\r\n"
    "01632 960777, has severe schizophrenia since March. The password is Tr0mbone-Sesame-41 for his record.\r\n"
)


def planted_in(octets: bytes) -> list[str]:
    """Which of the planted values stand there, in clear, without their blanks, or as UTF-16."""
    squeezed = octets.replace(b" ", b"")
    return [
        what
        for what, value in PLANTED.items()
        if value.encode() in octets
        or value.replace(" ", "").encode() in squeezed
        or value.encode("utf-16-le") in octets
    ]


def _metrics(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()


def _notices(hop: FakeNextHop) -> bytes:
    return b"".join(notice.octets for notice in taken_for(hop, OFFICER))


@dataclass(slots=True)
class Site:
    """A gateway that keeps a full log, with both its next hops and all that it told the world."""

    gateway: GatewayProcess
    relay: FakeNextHop
    secure: FakeNextHop
    smtp: int
    health: int
    folder: Path
    seen: dict[str, bytes] = field(default_factory=dict)

    def look(self) -> None:
        """Gather what can be seen while it runs, then stop it and gather what it leaves behind."""
        self.seen |= {
            "metrics": _metrics(self.health),
            "notices": _notices(self.relay),
            "hold list": self.gateway.run("holds", "list").stdout.encode(),
            "record": self.gateway.run("holds", "list", "--json").stdout.encode(),
        }
        self.gateway.stop()
        self.seen["log"] = self.gateway.log().encode()
        for file in self.folder.rglob("*"):
            if file.is_file() and file.name != "gateway.log":
                self.seen[str(file.relative_to(self.folder))] = file.read_bytes()

    def leaks(self) -> dict[str, list[str]]:
        return {where: planted_in(what) for where, what in self.seen.items() if planted_in(what)}


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    smtp, health = free_port(), free_port()
    listeners = {"smtp": [{"port": smtp}], "health": {"port": health}}
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        with running_gateway(folder, ways, listeners=listeners, log_level="debug") as gateway:
            yield Site(gateway=gateway, relay=relay, secure=secure, smtp=smtp, health=health, folder=folder)


def test_planted_values_stand_nowhere_but_in_the_mail_itself(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        octets = mail("planted", TEXT, subject="Zebedee Quillfeather, 999 182 3700", X_Note="Quillfeather")
        record = octets.replace(b"planted@", b"planted5@").replace(b"The password is Tr0mbone-Sesame-41", b"This is")
        replies = [
            send(here.smtp, octets, COLLEAGUE).text,
            send(here.smtp, octets.replace(b"planted@", b"planted2@"), COLLEAGUE, HOSPITAL, STRANGER, BLOG).text,
            send(here.smtp, octets.replace(b"planted@", b"planted3@"), BLOG).text,
            send(here.smtp, octets.replace(b"planted@", b"planted4@") + b"bare\nline\r\n", STRANGER).text,
            send(here.smtp, record, COLLEAGUE, HOSPITAL).text,
        ]
        wait_for(here.relay, COLLEAGUE, 3)
        wait_for(here.secure, HOSPITAL)
        wait_for(here.relay, OFFICER)
        here.look()
        here.seen["replies"] = " ".join(replies).encode()
    assert planted_in(taken_for(here.relay, COLLEAGUE)[0].octets) == list(PLANTED), "the mail itself carries them"
    assert here.seen["log"]
    assert b"dlp_gateway_verdicts_total" in here.seen["metrics"]
    assert here.seen["notices"]
    assert any(name.endswith(".db") for name in here.seen)
    assert any("spool" in Path(name).parts for name in here.seen)
    assert here.leaks() == {}


def test_what_documents_hold_stands_nowhere_either_nor_what_could_not_be_read(tmp_path: Path) -> None:
    """Readers die, libraries complain and programs of other makers fail over them: none of it may be heard."""
    letter = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(TEXT)
    document.save(letter)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.docx", letter.getvalue())
    page = io.BytesIO()
    paper = canvas.Canvas(page)
    paper.drawString(40, 700, TEXT.splitlines()[0])
    paper.save()
    picture = Image.new("L", (1200, 120), 255)
    ImageDraw.Draw(picture).text((10, 40), "NHS number 999 182 3700", fill=0, font=ImageFont.load_default(40))
    scan = io.BytesIO()
    picture.save(scan, "PNG")
    files = {
        "letter.docx": letter.getvalue(),
        "papers.zip": packed.getvalue(),
        "page.pdf": page.getvalue(),
        "scan.png": scan.getvalue(),
        "broken.docx": letter.getvalue()[:-900],
        "broken.pdf": page.getvalue()[:-300],
        "broken.png": scan.getvalue()[:-200],
        "broken.html": b"<p>" + TEXT.encode() + b"<" * 5000,
        "broken.rtf": b"{\\rtf1 " + TEXT.encode() + b"{" * 50_000,
    }
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OFFICER, STRANGER, "papers"
    message["Message-ID"] = "<papers@council.example>"
    message.set_content("See attached.\n")
    for name, octets in files.items():
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    with site(tmp_path) as here:
        heard = send(here.smtp, message.as_bytes(policy=SMTP), STRANGER)
        assert heard.code == 250
        wait_for(here.relay, OFFICER)
        assert len(here.gateway.held()) == 1
        here.look()
        here.seen["reply"] = heard.text.encode()
    assert b"corrupt" in here.seen["record"] or b"corrupt" in here.seen["gateway.db"]
    assert here.leaks() == {}
