"""Every message of this folder against the expectations beside it."""

import json
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.change import add_disclaimer, disclaimer_text_from, same_leaves
from dlp_gateway.change.disclaimer_text import fold, fold_html
from dlp_gateway.model import GapReason, MimePart
from dlp_gateway.parse import decode_charset, parse_message, split_message

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests" / "corpus").glob("*.eml"))
TEMPLATES = {
    f"templates/{path.name}": path.read_text("utf-8") for path in (ROOT / "rules" / "templates").glob("disclaimer*")
}
TEXT = disclaimer_text_from("disclaimer", TEMPLATES, "Exampleshire Council")

pytestmark = pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)


def expected(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return loaded


def is_ambiguous(octets: bytes) -> bool:
    return any(gap.reason is GapReason.AMBIGUOUS for gap in parse_message(octets).gaps)


def test_leaves_are_those_expected(path: Path) -> None:
    parsed = parse_message(path.read_bytes())
    leaves = expected(path)["leaves"]
    assert [part.path for part in parsed.parts] == list(leaves)
    for part in parsed.parts:
        media_type, filename, is_body, text = leaves[part.path]
        assert (part.media_type, part.filename, part.is_body) == (media_type, filename, is_body)
        assert text in decode_charset(part.octets, part.charset)[0]


def test_gaps_are_those_expected(path: Path) -> None:
    parsed = parse_message(path.read_bytes())
    assert [[gap.reason.value, gap.detail] for gap in parsed.gaps] == expected(path)["gaps"]


def test_offsets_slice_back_to_what_they_name(path: Path) -> None:
    octets = path.read_bytes()

    def check(part: MimePart, start: int, end: int) -> None:
        assert start <= part.header_start <= part.body_start <= part.body_end <= end
        for field in part.header:
            assert octets[field.start : field.end] == field.raw
            assert part.header_start <= field.start < field.end <= part.body_start
        if part.first_delimiter is not None:
            assert octets[part.first_delimiter : part.first_delimiter + 2] == b"--"
        position = part.body_start
        for child in part.children:
            check(child, position, part.body_end)
            position = child.body_end

    check(parse_message(octets).root, 0, len(octets))


def test_disclaimer_goes_where_expected_and_nowhere_else(path: Path) -> None:
    octets = path.read_bytes()
    before = split_message(octets)
    ambiguous = is_ambiguous(octets)
    changed = add_disclaimer(octets, before.root, TEXT, ambiguous=ambiguous)
    want = expected(path)["disclaimer"]
    assert {"edited": list(changed.edited), "notes": list(changed.notes)} == want
    after = split_message(changed.octets)
    assert same_leaves(before, after, changed.edited)
    assert (changed.octets == octets) == (not changed.edited)
    again = add_disclaimer(changed.octets, after.root, TEXT, ambiguous=ambiguous)
    assert again.octets == changed.octets


def test_another_reader_sees_the_disclaimer_in_every_edited_part(path: Path) -> None:
    octets = path.read_bytes()
    changed = add_disclaimer(octets, split_message(octets).root, TEXT, ambiguous=is_ambiguous(octets))
    if not changed.edited:
        return
    shown = [
        fold_html(decode_charset(payload, part.get_content_charset())[0])
        for part in message_from_bytes(changed.octets, policy=policy.compat32).walk()
        if isinstance(payload := part.get_payload(decode=True), bytes)
    ]
    # Python's own reader knows neither a fold after the colon nor a comment in the encoding.
    if path.stem not in ("folded-encoding", "commented-encoding"):
        assert sum(fold(TEXT.marker) in text for text in shown) == len(changed.edited)
