"""Writes the documents that only an office program can make as real ones are: `make documents`.

They are committed to tests/documents, so tests need no office program. To add one, add a `Fixture`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.documents import odf
from tests.support.documents.compound import without_preview
from tests.support.documents.docx import make_docx
from tests.support.documents.fodp import make_fodp
from tests.support.documents.pptx import make_pptx
from tests.support.documents.xlsx import make_xlsx

FOLDER = Path(__file__).parents[2] / "documents"
LARGEST_BYTES = 60_000
_TIMEOUT_SECONDS = 180


class ConversionError(Exception):
    """LibreOffice is missing, or wrote no file."""


def convert(octets: bytes, from_suffix: str, to_suffix: str) -> bytes:
    """The document `octets`, whose format `from_suffix` names ("fodt"), as LibreOffice writes it in that of
    `to_suffix` ("doc"; with a filter of its own: "doc:MS Word 97"). Takes some seconds. Raises ConversionError."""
    suffix = to_suffix.partition(":")[0]
    with tempfile.TemporaryDirectory() as folder:
        home, out = Path(folder, "home"), Path(folder, "out")
        source = Path(folder, f"document.{from_suffix}")
        source.write_bytes(octets)
        command = [
            *("soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore"),
            *("--convert-to", to_suffix, "--outdir", str(out), str(source)),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_SECONDS, check=False)
        except FileNotFoundError as error:
            raise ConversionError("LibreOffice (soffice) is not installed") from error
        target = out / f"document.{suffix}"
        if not target.exists():
            raise ConversionError(f"no {suffix} from {from_suffix}: {done.stderr.decode(errors='replace')[:500]}")
        return target.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """One file of tests/documents: `file` names it, `make` returns the document it is converted from."""

    file: str
    make: Callable[[], bytes]
    from_suffix: str
    to: str | None = None  # as `convert` takes it; None: the file's suffix
    finish: Callable[[bytes], bytes] | None = None  # what is done to the document before it is written


def fixtures() -> list[Fixture]:
    """All files, in no order."""
    return [
        Fixture(file="planted.doc", make=lambda: make_docx()[0], from_suffix="docx"),
        Fixture(file="planted.rtf", make=lambda: make_docx()[0], from_suffix="docx"),
        Fixture(file="planted.xls", make=lambda: make_xlsx()[0], from_suffix="xlsx"),
        Fixture(file="planted.ppt", make=lambda: make_fodp()[0], from_suffix="fodp", finish=without_preview),
        Fixture(file="planted.odt", make=lambda: make_docx()[0], from_suffix="docx"),
        Fixture(file="planted.ods", make=lambda: make_xlsx()[0], from_suffix="xlsx"),
        Fixture(file="planted.odp", make=lambda: make_pptx()[0], from_suffix="pptx"),
        Fixture(file="planted.docx", make=lambda: odf.make_fodt()[0], from_suffix="fodt"),
        Fixture(file="planted.xlsx", make=lambda: odf.make_fods()[0], from_suffix="fods"),
        Fixture(file="planted.pptx", make=lambda: odf.make_fodp()[0], from_suffix="fodp"),
    ]


def main() -> None:
    """Write all files anew, or those named on the command line."""
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(exist_ok=True)
    for fixture in fixtures():
        if wanted and fixture.file not in wanted:
            continue
        suffix = fixture.to or fixture.file.rpartition(".")[2]
        octets = convert(fixture.make(), fixture.from_suffix, suffix)
        if fixture.finish is not None:
            octets = fixture.finish(octets)
        if len(octets) > LARGEST_BYTES:
            raise ConversionError(f"{fixture.file} has {len(octets)} octets, more than {LARGEST_BYTES}")
        (FOLDER / fixture.file).write_bytes(octets)
        print(f"{fixture.file}: {len(octets)} octets")


if __name__ == "__main__":
    main()
