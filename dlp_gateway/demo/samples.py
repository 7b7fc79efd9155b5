"""The sample mails and what must become of them: `mails/*.eml` and `expected.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..yaml_file import load_document, validate

FOLDER = Path(__file__).parent

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Expected(BaseModel):
    """What must become of one recipient; `rules` must be among those that applied."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: str
    rules: tuple[str, ...] = ()


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    what: str
    reverse_path: str | None = Field(alias="from")
    to: dict[str, Expected]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mails: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One mail with its envelope; `expected` by recipient, in the order of RCPT."""

    file: str
    what: str  # one sentence for the committee
    reverse_path: str | None
    expected: dict[str, Expected]
    octets: bytes = field(repr=False)

    @property
    def message_id_header(self) -> bytes:
        match = _MESSAGE_ID.search(self.octets)
        return match[1] if match else b"no Message-ID"


def load_samples(folder: Path = FOLDER) -> list[Sample]:
    """All samples, in the order of `expected.yaml`. Raises ConfigError when that file is broken."""
    document = load_document((folder / "expected.yaml").read_text(encoding="utf-8"), "expected.yaml")
    return [
        Sample(
            file=entry.file,
            what=entry.what,
            reverse_path=entry.reverse_path,
            expected=entry.to,
            octets=(folder / "mails" / entry.file).read_bytes(),
        )
        for entry in validate(document, _File).mails
    ]
