"""The editor of disclaimers over real mail: `python -m bench.disclaimer_corpus [--as-ours] [-v] PATH...`.

PATHs are mails, mbox files and folders of them, as for `bench/false_gaps.py`; files with LF line ends are read as SMTP
would deliver them. `--as-ours` takes off the fields that say that somebody else sent a mail (List-Id, DKIM-Signature,
ARC-Seal, Auto-Submitted): old public corpora are mostly of mailing lists, which are left alone. For each path: how many
were edited, and how many left alone by reason; then what the checks found, which should be nothing. -v names a file
for each.

Checked of every mail, for `once: anywhere` and `once: new-text` both: all leaves but those edited are the same octets,
in the same order; a second pass changes nothing; our parser and the second opinions of others see no structure that is
newly ambiguous; every S/MIME signature inside that openssl verified before, it verifies after, and the octets of every
multipart/signed are the same.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.false_gaps import mails
from dlp_gateway.change import Changed, DisclaimerText, Manner, disclaimer_texts
from dlp_gateway.inspection import EDIT_FAILED, make_changes
from dlp_gateway.model import GapReason, MimePart
from dlp_gateway.parse import split_message, with_second_opinions
from dlp_gateway.rules_folder import load_texts

CHANGES = ("disclaimer:cy", "disclaimer")
MANNERS = {"anywhere": Manner(once="anywhere"), "new text": Manner(once="new-text")}
_OTHERS = re.compile(
    rb"^(?:List-Id|DKIM-Signature|ARC-Seal|Auto-Submitted):[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE
)


@dataclass(slots=True)
class Count:
    """What became of the mails of one path."""

    mails: int = 0
    edited: int = 0
    more_in_new_text: int = 0  # edited where only new text counts, left alone where a quoted copy is enough
    signatures: int = 0  # S/MIME signatures that openssl verified before and after
    left: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)  # what was left undone of those edited
    faults: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)  # one file for each word


def as_ours(octets: bytes) -> bytes:
    """The mail without the fields that say that somebody else sent it."""
    end = octets.find(b"\r\n\r\n")
    head = octets[: end + 2] if end >= 0 else octets
    return _OTHERS.sub(b"", head) + octets[len(head) :]


def faults_of(octets: bytes, changed: Changed, texts: dict[str, DisclaimerText], manner: Manner) -> Iterator[str]:
    """What an edit did that it must not."""
    if EDIT_FAILED in changed.notes:
        yield "an edit was undone"
    if make_changes(changed.octets, CHANGES, texts, manner).octets != changed.octets:
        yield "a second pass changed something"
    if changed.octets == octets:
        return
    before, after = split_message(octets), split_message(changed.octets)
    if [f.raw for f in before.root.header] != [f.raw for f in after.root.header]:
        yield "the header changed"
    old = [part.octets for part in before.parts]
    new = [part.octets for part in after.parts]
    edited = [n for n, part in enumerate(after.parts) if part.path in changed.edited]
    put_in = len(new) - len(old)
    kept = [octets for n, octets in enumerate(new) if n not in edited]
    if kept != ([octets for n, octets in enumerate(old) if n not in edited] if not put_in else old):
        yield "another leaf changed"
    known = {gap.detail for gap in with_second_opinions(octets, before).gaps if gap.reason is GapReason.AMBIGUOUS}
    now = {gap.detail for gap in with_second_opinions(changed.octets, after).gaps if gap.reason is GapReason.AMBIGUOUS}
    if now - known:
        yield "newly ambiguous"
    if list(_signed(octets, before.root)) != list(_signed(changed.octets, after.root)):
        yield "a signed part changed"


def _signed(octets: bytes, part: MimePart) -> Iterator[bytes]:
    """Every multipart/signed, its header included."""
    if part.media_type == "multipart/signed":
        yield octets[part.header_start : part.body_end]
    for child in part.children:
        yield from _signed(octets, child)


def verified(octets: bytes) -> int:
    """How many S/MIME signatures (clear-signed) openssl verifies; who signed is not asked."""
    return sum(_verifies(entity) for entity in _signed(octets, split_message(octets).root) if b"pkcs7" in entity)


def _verifies(entity: bytes) -> bool:
    command = ["openssl", "cms", "-verify", "-noverify", "-inform", "SMIME"]
    return subprocess.run(command, input=entity, capture_output=True, check=False).returncode == 0


def count_path(path: Path, texts: dict[str, DisclaimerText], *, ours: bool = False) -> Count:
    """All mails of a path, edited and checked."""
    count = Count()
    for name, found in mails(path):
        count_mail(count, name, as_ours(found) if ours else found, texts)
    return count


def count_mail(count: Count, name: str, octets: bytes, texts: dict[str, DisclaimerText]) -> None:
    """One mail, edited and checked."""
    count.mails += 1
    changed = {how: make_changes(octets, CHANGES, texts, manner) for how, manner in MANNERS.items()}
    usual = changed["anywhere"]
    if usual.octets != octets:
        count.edited += 1
        count.noted.update(usual.notes)
    else:
        count.left.update((", ".join(usual.notes),))
        count.more_in_new_text += changed["new text"].octets != octets
    for word in usual.notes:
        count.names.setdefault(word, name)
    valid = verified(octets)
    for how, manner in MANNERS.items():
        found = list(faults_of(octets, changed[how], texts, manner))
        if valid and verified(changed[how].octets) < valid:
            found.append("a signature no longer verifies")
        for fault in found:
            count.faults[fault] += 1
            count.names.setdefault(fault, name)
    count.signatures += valid


def main() -> int:
    """Exit code 1 where a check found something."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--as-ours", action="store_true")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    texts = disclaimer_texts(load_texts(None), "Example Council")
    whole = Count()
    for path in options.paths:
        count = count_path(path, texts, ours=options.as_ours)
        whole.faults += count.faults
        print(
            f"{path}: {count.mails} mails, {count.edited} edited"
            f" ({count.more_in_new_text} more where only new text counts), {count.signatures} S/MIME signatures valid"
        )
        for title, counter in (("left alone", count.left), ("edited, but", count.noted), ("FAULT", count.faults)):
            for word, number in counter.most_common():
                example = f"  ({count.names.get(word, '')})" if options.v else ""
                print(f"  {number:6} {title}: {word}{example}")
    print("no fault" if not whole.faults else f"{whole.faults.total()} faults")
    return 1 if whole.faults else 0


if __name__ == "__main__":
    sys.exit(main())
