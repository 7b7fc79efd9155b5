"""All cases, and the same kinds of message without trick and without data."""

from __future__ import annotations

from .build import joined
from .charsets import CHARSETS
from .containers import CONTAINERS
from .harmless import HARMLESS
from .headers import HEADERS
from .html import HTML
from .structure import STRUCTURE
from .transfer import TRANSFER

SECTIONS = (HEADERS, CHARSETS, TRANSFER, STRUCTURE, HTML, CONTAINERS)
CASES = joined(SECTIONS)

__all__ = ["CASES", "HARMLESS", "SECTIONS"]
