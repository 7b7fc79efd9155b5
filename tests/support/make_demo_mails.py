"""Writes the sample mails of the demonstration: `make samples`. The same octets every time."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.demo_letters import Expected, Sample
from tests.support.demo_ordinary_mails import ORDINARY
from tests.support.demo_stopped_mails import STOPPED

DEMO = Path(__file__).parents[2] / "dlp_gateway" / "demo"

HEADING = """\
# The sample mails, the envelope each comes in, and what must become of each recipient under the shipped rules.
# `rules` must be among those that acted or were observed; `from: null` is the empty reverse-path <>.
# Written by `make samples`.
mails:
"""


def samples() -> list[Sample]:
    """All sample mails in the order of their files."""
    return [make() for make in (*ORDINARY, *STOPPED)]


def expectations(mails: list[Sample]) -> str:
    """The text of `expected.yaml`."""
    return HEADING + "".join(_entry(mail) for mail in mails)


def _entry(mail: Sample) -> str:
    lines = [
        f"  - file: {mail.file}",
        f"    what: {json.dumps(mail.what, ensure_ascii=False)}",
        f"    from: {mail.reverse_path or 'null'}",
        "    to:",
    ]
    lines += [f"      {recipient}: {_outcome(expected)}" for recipient, expected in mail.expected.items()]
    return "\n".join(lines) + "\n"


def _outcome(expected: Expected) -> str:
    return f"{{action: {expected.action}, rules: [{', '.join(expected.rules)}]}}"


def main() -> None:
    mails = samples()
    for old in (DEMO / "mails").glob("*.eml"):
        old.unlink()
    for mail in mails:
        (DEMO / "mails" / mail.file).write_bytes(mail.octets())
    (DEMO / "expected.yaml").write_text(expectations(mails), encoding="utf-8")


if __name__ == "__main__":
    main()
