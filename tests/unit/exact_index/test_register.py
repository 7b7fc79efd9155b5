"""The register of documents as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp_gateway.detect.records.documents import document_keys
from dlp_gateway.detect.records.index_table import KeyMaker
from dlp_gateway.errors import ConfigError
from dlp_gateway.exact_index import (
    REGISTER,
    Registration,
    fingerprinted,
    made_with,
    registered_documents,
    write_register,
)
from tests.support.council_records import KEY, MAKER, opened


def document(name: str, kind: str = "internal", partner: str | None = None, words: int = 60) -> Registration:
    return Registration(name=name, kind=kind, partner=partner, words=[f"{name}{n}" for n in range(words)])


def test_what_is_written_is_read_and_found(tmp_path: Path) -> None:
    written = [fingerprinted(MAKER, one) for one in (document("a"), document("b", "partner", "trust"))]
    write_register(tmp_path, MAKER, written)
    assert list(registered_documents(tmp_path, MAKER)) == written
    assert (written[1][0].kind, written[1][0].partner, written[1][0].words) == ("partner", "trust", 60)
    table = opened(tmp_path).documents
    assert table is not None
    for number, one in enumerate([document("a"), document("b")]):
        keys = document_keys(MAKER, one.words)
        assert table.documents[number].fingerprints == len(keys)
        assert all(table.find(key) == (number,) for key in keys)
    write_register(tmp_path, MAKER, written[1:])
    table = opened(tmp_path).documents
    assert table is not None
    assert not any(table.find(key) for key in document_keys(MAKER, document("a").words))


def test_it_can_be_empty(tmp_path: Path) -> None:
    assert registered_documents(tmp_path, MAKER) == ()
    write_register(tmp_path, MAKER, [])
    assert registered_documents(tmp_path, MAKER) == ()
    assert opened(tmp_path).documents is not None


def test_very_many_documents_have_room(tmp_path: Path) -> None:
    write_register(
        tmp_path, MAKER, [fingerprinted(MAKER, document(f"document number {n}", words=30)) for n in range(120)]
    )
    assert len(registered_documents(tmp_path, MAKER)) == 120


def test_too_few_words_are_refused() -> None:
    with pytest.raises(ConfigError, match="too few to know it again by"):
        fingerprinted(MAKER, document("b", words=7))


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be written"):
        write_register(tmp_path / "file", MAKER, [])


def test_fingerprints_of_another_key_are_told_apart() -> None:
    assert made_with(MAKER) == made_with(KeyMaker(KEY))
    assert made_with(MAKER) != made_with(KeyMaker(b"another"))


def test_no_word_of_a_document_is_kept(tmp_path: Path) -> None:
    words = ["quillfeather", "zephyrlane", *[f"crates{n}" for n in range(40)]]
    one = Registration(name="x", kind="internal", partner=None, words=words)
    write_register(tmp_path, MAKER, [fingerprinted(MAKER, one)])
    octets = (tmp_path / REGISTER).read_bytes()
    assert not any(word.encode() in octets for word in words)
    assert KEY not in octets
