"""The page on which the author of a held sample decides: found as the author finds it, by the link in the notice."""

from __future__ import annotations

import asyncio
import re
from email import policy
from email.parser import BytesParser
from pathlib import Path

NOTICE_SECONDS = 30.0


async def link_in_notice(maildir: Path, message_id: str) -> str | None:
    """The address in the notice about this message, once it has come to its author; None when it does not come."""
    link = re.compile(rf"https?://[^\s)]+/sender/{re.escape(message_id)}\.[^\s)]+/")
    for _ in range(int(NOTICE_SECONDS / 0.1)):
        for text in _texts(maildir / "new"):
            if found := link.search(text):
                return found[0]
        await asyncio.sleep(0.1)
    return None


def _texts(folder: Path) -> list[str]:
    """The plain texts of the mails there, newest first."""
    paths = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    return [text for path in paths if (text := _plain_text(path.read_bytes()))]


def _plain_text(octets: bytes) -> str:
    body = BytesParser(policy=policy.default).parsebytes(octets).get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
