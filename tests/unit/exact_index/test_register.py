"""The register of documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.detect.records.documents import document_keys
from dlp_gateway.errors import ConfigError
from dlp_gateway.exact_index import REGISTER, Registration, add_documents, registered_documents, remove_documents
from tests.support.council_records import KEY, MAKER, opened


def document(name: str, kind: str = "internal", partner: str | None = None, words: int = 60) -> Registration:
    return Registration(name=name, kind=kind, partner=partner, words=[f"{name}{n}" for n in range(words)])


def test_documents_are_added_listed_and_removed(tmp_path: Path) -> None:
    first, second = add_documents(tmp_path, MAKER, [document("a"), document("b", "partner", "trust")])
    (third,) = add_documents(tmp_path, MAKER, [document("c")])
    assert registered_documents(tmp_path, MAKER) == (first, second, third)
    assert (second.kind, second.partner, second.words) == ("partner", "trust", 60)
    assert remove_documents(tmp_path, MAKER, {first.id}) == (first,)
    assert registered_documents(tmp_path, MAKER) == (second, third)
    table = opened(tmp_path).documents
    assert table is not None
    for number, one in enumerate([document("b"), document("c")]):
        keys = document_keys(MAKER, one.words)
        assert table.documents[number].fingerprints == len(keys)
        assert all(table.find(key) == (number,) for key in keys)
    assert not any(table.find(key) for key in document_keys(MAKER, document("a").words))


def test_the_last_one_can_be_removed(tmp_path: Path) -> None:
    (only,) = add_documents(tmp_path, MAKER, [document("a")])
    remove_documents(tmp_path, MAKER, [only.id])
    assert registered_documents(tmp_path, MAKER) == ()
    assert opened(tmp_path).documents is not None


def test_very_many_documents_have_room(tmp_path: Path) -> None:
    add_documents(tmp_path, MAKER, [document(f"document number {n}", words=30) for n in range(120)])
    assert len(registered_documents(tmp_path, MAKER)) == 120


def test_too_few_words_are_refused_and_nothing_is_added(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too few to know it again by"):
        add_documents(tmp_path, MAKER, [document("a"), document("b", words=7)])
    assert registered_documents(tmp_path, MAKER) == ()


def test_an_id_that_is_not_there_is_told_and_nothing_removed(tmp_path: Path) -> None:
    (only,) = add_documents(tmp_path, MAKER, [document("a")])
    with pytest.raises(ConfigError, match="no document has this id"):
        remove_documents(tmp_path, MAKER, [only.id, "ffffffff"])
    assert registered_documents(tmp_path, MAKER) == (only,)


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be written"):
        add_documents(tmp_path / "file", MAKER, [document("a")])


def test_no_word_of_a_document_is_kept(tmp_path: Path) -> None:
    words = ["quillfeather", "zephyrlane", *[f"crates{n}" for n in range(40)]]
    add_documents(tmp_path, MAKER, [Registration(name="x", kind="internal", partner=None, words=words)])
    octets = (tmp_path / REGISTER).read_bytes()
    assert not any(word.encode() in octets for word in words)
    assert KEY not in octets
