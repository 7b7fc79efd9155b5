"""The worker as it is shipped: real rules, real documents, locked down. One pool for all, it takes seconds to load."""

from __future__ import annotations

import asyncio
import io
from email.message import EmailMessage

import docx
import openpyxl
from reportlab.pdfgen import canvas

from dlp_gateway.config import Times, Workers
from dlp_gateway.model import AskNames, Question
from dlp_gateway.pool import Pool
from dlp_gateway.rules_folder import load_texts


def mail_with_documents() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "jo@council.example", "a@b.example", "papers"
    message.set_content("See attached.\n")
    page = io.BytesIO()
    paper = canvas.Canvas(page)
    paper.drawString(72, 700, "NHS number 943 476 5919")
    paper.save()
    letter, document = io.BytesIO(), docx.Document()
    document.add_paragraph("National Insurance number QQ 12 34 56 C, NHS number 943 476 5919")
    document.save(letter)
    sheet, book = io.BytesIO(), openpyxl.Workbook()
    book.active.append(["Name", "NHS number"])
    book.active.append(["Ann Example", "943 476 5919"])
    book.save(sheet)
    for name, file in (("a.pdf", page), ("b.docx", letter), ("c.xlsx", sheet)):
        message.add_attachment(file.getvalue(), maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_documents_are_read_and_mail_is_changed_inside_the_sandbox() -> None:
    octets = mail_with_documents()
    question = Question(names=AskNames.NEVER)

    async def run() -> None:
        workers, times = Workers(count=1, names=False), Times()
        async with Pool(workers, times, load_texts(None), b"k" * 32, council="Example Council") as pool:
            inspection = await pool.inspect(octets, question)
            assert inspection.gaps == ()
            assert {f.part for f in inspection.findings if f.entity == "UK_NHS"} == {"2", "3", "4"}
            assert inspection.ruleset == pool.version
            assert "943 476 5919" in "".join(p.text for p in (await pool.passages(octets)).passages)
            changed = await pool.change(octets, ("disclaimer",))
            assert b"Example Council" in changed.octets

    asyncio.run(run())
