"""What of a record becomes a key, and what an index is never replaced by."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dlp_gateway.detect.records.index_table import part_label
from dlp_gateway.errors import ConfigError
from dlp_gateway.exact_index import index_path
from tests.support.council_records import KEY, MAKER, build, opened

BOTH = ("forename", "surname", "date_of_birth", "postcode", "phone", "reference")
ANN = ("Ann", "Hill", "01/02/1980", "LS1 4AP", "07700 900461", "AB123456")


def faults(caught: pytest.ExceptionInfo[ConfigError]) -> str:
    return "\n".join(str(fault) for fault in caught.value.faults)


def test_the_usual_keys_are_made_where_none_are_named(tmp_path: Path) -> None:
    report = build(tmp_path, "residents", BOTH, [], [ANN])
    assert report.kinds == (("name", "date_of_birth"), ("name", "postcode"), ("reference",))
    table = opened(tmp_path).indexes["residents"]
    assert table.kinds == set(report.kinds)
    assert table.find(MAKER.key("name+date_of_birth", ("fann hill", "1980-02-01"))) == (0,)
    assert table.find(MAKER.key("name+postcode", ("sa hill", "LS14AP"))) == (0,)
    assert table.find(MAKER.key("reference", ("AB123456",))) == (0,)
    assert table.find(MAKER.key("name", ("fann hill",))) == ()


def test_fields_of_a_key_stand_in_one_order_however_they_are_named(tmp_path: Path) -> None:
    build(tmp_path, "one", BOTH, ["date_of_birth+name"], [ANN])
    assert opened(tmp_path).indexes["one"].kinds == {("name", "date_of_birth")}


def test_values_of_a_database_are_taken_as_they_are(tmp_path: Path) -> None:
    build(tmp_path, "one", ("name", "date_of_birth", "reference"), [], [("Ann Hill", date(1980, 2, 1), 12345678)])
    table = opened(tmp_path).indexes["one"]
    assert table.find(MAKER.key("name+date_of_birth", ("fann hill", "1980-02-01")))
    assert table.find(MAKER.key("reference", ("12345678",)))


def test_what_is_missing_or_none_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [ANN, ("Bo", "Lee", "soon", None, "", "12"), ("", "", "", "", "", ""), ("Cy", "", "02/03/1990", "", "", "")]
    report = build(tmp_path, "one", BOTH, [], rows)
    assert (report.records, report.empty) == (1, 3)
    assert {field: count for field, count in report.left_out.items() if count} == {"date_of_birth": 1, "reference": 1}


def test_one_person_of_several_rows_has_one_number(tmp_path: Path) -> None:
    from dlp_gateway.exact_index import build_index
    from dlp_gateway.exact_index.mapping import RecordMapping
    from dlp_gateway.exact_index.records import Records

    mapping = RecordMapping.model_validate({"columns": {"reference": ["a", "b"]}, "record": "who"})
    rows = [("A100000", "B100000", "x"), ("A200000", "", "y"), ("A300000", "", "x")]
    records = Records(source="test", columns=("a", "b", "who"), rows=iter(rows))
    build_index(index_path(tmp_path, "one"), records, mapping, MAKER)
    table = opened(tmp_path).indexes["one"]
    numbers = {
        value: table.find(MAKER.key("reference", (value,))) for value in ("A100000", "B100000", "A200000", "A300000")
    }
    assert numbers["A100000"] == numbers["B100000"] == numbers["A300000"] != numbers["A200000"]


def test_a_date_format_of_ones_own_is_kept_to(tmp_path: Path) -> None:
    from dlp_gateway.exact_index import build_index
    from dlp_gateway.exact_index.mapping import RecordMapping
    from dlp_gateway.exact_index.records import Records

    columns = {"name": "n", "date_of_birth": "d"}
    mapping = RecordMapping.model_validate({"columns": columns, "date_format": "%m/%d/%Y"})
    records = Records(
        source="test", columns=("n", "d"), rows=iter([("Ann Hill", "02/01/1980"), ("Bo Lee", "31/01/1980")])
    )
    report = build_index(index_path(tmp_path, "one"), records, mapping, MAKER)
    assert report.left_out["date_of_birth"] == 1
    assert opened(tmp_path).indexes["one"].find(MAKER.key("name+date_of_birth", ("fann hill", "1980-02-01")))


def test_contacts_of_an_index_can_be_told_quickly(tmp_path: Path) -> None:
    build(tmp_path, "one", ("contact", "name"), [], [("dad@home.example", "Ann Hill")])
    table = opened(tmp_path).indexes["one"]
    assert table.find(MAKER.key(part_label("contact"), ("dad@home.example",)))
    assert not table.find(MAKER.key(part_label("contact"), ("mum@home.example",)))
    assert table.find(MAKER.key("contact+name", ("dad@home.example", "fann hill")))
    assert table.kinds == {("contact", "name")}


def test_no_clear_value_stands_in_the_file(tmp_path: Path) -> None:
    build(tmp_path, "one", BOTH, [], [ANN, ("Zebulon", "Quillfeather", "05/06/1970", "LS9 9ZZ", "", "QF987654")])
    octets = index_path(tmp_path, "one").read_bytes().lower()
    assert not any(word in octets for word in (b"quillfeather", b"zebulon", b"qf987654", b"ls99zz", b"1970"))


def test_columns_that_are_missing_are_all_named_and_the_old_index_stays(tmp_path: Path) -> None:
    build(tmp_path, "one", ("reference",), [], [("AB123456",)])
    before = index_path(tmp_path, "one").read_bytes()
    with pytest.raises(ConfigError) as caught:
        build_with_columns(tmp_path)
    assert "has no column “reference”; it has: ref" in faults(caught)
    assert index_path(tmp_path, "one").read_bytes() == before


def build_with_columns(folder: Path) -> None:
    from dlp_gateway.exact_index import build_index
    from dlp_gateway.exact_index.mapping import mapping_of
    from dlp_gateway.exact_index.records import Records

    records = Records(source="test", columns=("ref",), rows=iter([]))
    build_index(index_path(folder, "one"), records, mapping_of(["reference=reference"], []), MAKER)


def test_an_empty_or_broken_export_never_replaces_a_good_index(tmp_path: Path) -> None:
    rows = [(f"AB{number:06}",) for number in range(100)]
    build(tmp_path, "one", ("reference",), [], rows)
    before = index_path(tmp_path, "one").read_bytes()
    for some, text in (([], "holds nobody"), ([("-",)], "holds nobody"), (rows[:49], "the index of now 100")):
        with pytest.raises(ConfigError) as caught:
            build(tmp_path, "one", ("reference",), [], some)
        assert text in faults(caught)
        assert index_path(tmp_path, "one").read_bytes() == before
        assert [path.name for path in tmp_path.iterdir()] == ["one.index"], "nothing is left lying about"
    build(tmp_path, "one", ("reference",), [], rows[:49], shrink=True)
    assert opened(tmp_path).indexes["one"].records == 49
    build(tmp_path, "one", ("reference",), [], rows[:25])


def test_an_index_that_can_not_be_used_is_no_measure(tmp_path: Path) -> None:
    index_path(tmp_path, "one").write_bytes(b"rubbish")
    build(tmp_path, "one", ("reference",), [], [("AB123456",)])
    assert opened(tmp_path).indexes["one"].records == 1


def test_only_its_owner_may_read_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    build(folder, "one", ("reference",), [], [("AB123456",)])
    assert index_path(folder, "one").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert KEY not in index_path(folder, "one").read_bytes()
