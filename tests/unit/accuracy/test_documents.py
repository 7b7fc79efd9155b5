from __future__ import annotations

import json

from bench.accuracy.documents import Document, in_capitals, of_part, shared_documents
from tests.accuracy.labelled import Part, Piece

SENTENCE = {
    "full_text": "Dr Edith Crowe lives in Ashby",
    "spans": [{"entity_type": "PERSON", "start_position": 3, "end_position": 14}],
}


def test_a_sentence_of_the_shared_file_is_a_document_with_its_spans(tmp_path):
    path = tmp_path / "set.json"
    path.write_text(json.dumps([SENTENCE]), encoding="utf-8")
    (document,) = shared_documents(path)
    (truth,) = document.pieces[0].truths
    assert document.pieces[0].text[truth.start : truth.end] == "Edith Crowe"


def test_a_sentence_that_stands_twice_is_in_one_part_only(tmp_path):
    path = tmp_path / "set.json"
    path.write_text(json.dumps([SENTENCE, SENTENCE]), encoding="utf-8")
    documents = shared_documents(path)
    assert sorted(len(of_part(documents, part.value)) for part in Part) == [0, 2]
    assert len(of_part(documents, "all")) == 2


def test_capitals_keep_every_offset():
    document = in_capitals(Document(id="one", pieces=(Piece(name="body", text="Straße, ŉ", truths=()),)))
    assert document.pieces[0].text == "STRAßE, ŉ"
