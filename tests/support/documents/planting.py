"""Canaries: words planted in every place of a document where text can stand, with the place at which a reviewer must be
told of each."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@dataclass(frozen=True, slots=True)
class Planted:
    """Where one canary stands: words of the passage's place, whether an ordinary reader does not see it, and the cell
    where it stands in a table."""

    place: str
    hidden: bool = False
    cell: str = ""
    part: str = ""  # the file within the document, "" for the document itself


@dataclass(slots=True)
class Planting:
    """Hands out canaries and remembers them. Each is one word that no tokeniser parts, and none is the
    beginning of another: "ZebraFooterEnd"."""

    planted: dict[str, Planted] = field(default_factory=dict)

    def __call__(self, name: str, place: str, *, hidden: bool = False, cell: str = "", part: str = "") -> str:
        canary = f"Zebra{name}End"
        assert canary not in self.planted, name
        self.planted[canary] = Planted(place, hidden, cell, part)
        return canary


@dataclass(slots=True)
class Package:
    """The parts of an OPC package, to be changed by hand where no library writes what we need."""

    parts: dict[str, bytes]

    @classmethod
    def of(cls, octets: bytes) -> Package:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def replace(self, name: str, old: str, new: str, count: int = 1) -> None:
        """Raises AssertionError where `old` does not occur."""
        text = self.parts[name].decode()
        assert old in text, f"{old!r} is not in {name}"
        self.parts[name] = text.replace(old, new, count).encode()

    def before_end(self, name: str, tag: str, addition: str) -> None:
        """Insert before the last end tag."""
        text = self.parts[name].decode()
        at = text.rindex(f"</{tag}>")
        self.parts[name] = (text[:at] + addition + text[at:]).encode()

    def relate(self, owner: str, identifier: str, kind: str, target: str, *, external: bool = False) -> None:
        """Let a part refer to another part or to something outside. `kind` is the last segment of the type."""
        folder, _, base = owner.rpartition("/")
        name = f"{folder}/_rels/{base}.rels".lstrip("/")
        namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
        self.parts.setdefault(name, f'<Relationships xmlns="{namespace}"></Relationships>'.encode())
        kind = kind if kind.startswith("http") else OFFICE_RELATIONS + kind
        mode = ' TargetMode="External"' if external else ""
        self.before_end(
            name, "Relationships", f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"{mode}/>'
        )

    def add(self, name: str, content: str | bytes, media_type: str = "application/xml") -> None:
        """One more part."""
        if isinstance(content, str):
            content = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + content).encode()
        self.parts[name] = content
        self.before_end("[Content_Types].xml", "Types", f'<Override PartName="/{name}" ContentType="{media_type}"/>')

    def octets(self) -> bytes:
        return zipped(self.parts)


def zipped(parts: dict[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP archive, the same octets every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in parts.items():
            info = zipfile.ZipInfo(name, (2026, 11, 24, 9, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, octets)
    return buffer.getvalue()
