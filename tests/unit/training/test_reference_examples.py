"""What the model of references learns from: marked tokens of mails, never of sealed ones."""

from __future__ import annotations

import pytest

from tests.accuracy.labelled import Part, read_mails
from training.references import examples
from training.references.examples import KINDS, MAILS


def test_its_mails_hold_every_kind_and_mails_without_any() -> None:
    mails = read_mails(MAILS)
    marked = [{truth.entity for piece in mail.pieces for truth in piece.truths} for mail in mails]
    assert set().union(*marked) == set(KINDS)
    assert sum(not kinds for kinds in marked) >= len(mails) / 6


def test_its_mails_are_none_of_those_that_are_measured() -> None:
    measured = {mail.id for mail in read_mails()}
    assert not measured & {mail.id for mail in read_mails(MAILS)}


def test_tokens_are_told_apart_by_their_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = {mail.id: mail for mail in read_mails(MAILS)}
    chosen = [mails["ledger-001"]]
    measured = read_mails()
    sealed = next(mail for mail in measured if mail.part is Part.SEALED)

    def given(folder: object = None, files: str = "*") -> list[object]:
        return [sealed] if folder is None else list(chosen)

    monkeypatch.setattr(examples, "read_mails", given)
    monkeypatch.setattr(examples, "clean_mails", lambda *_: [])
    monkeypatch.setattr(examples, "_texts_of_recognisers", lambda: ["Rent account 70331245 of Mrs Bell, lift 4411807."])
    found = examples.read_examples()
    assert {example.mail for example in found} == {"ledger-001", ""}
    body = chosen[0].pieces
    wanted = {piece.text[t.start : t.end] for piece in body for t in piece.truths if t.entity in KINDS}
    assert {example.token for example in found if example.mail and example.kind} == wanted
    assert {(example.token, example.kind) for example in found if not example.mail} == {
        ("70331245", "UK_RENT_REF"),
        ("4411807", ""),
    }
    assert all(example.clues for example in found)
