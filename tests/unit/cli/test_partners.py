"""`partners`: the registry on the command line, over a real store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp_gateway.cli import settings
from tests.unit.cli.conftest import Run

CONFIG = 'store: {url: "sqlite:///gateway.db", spool: spool}\nkeys: {folder: keys}\n'
NEW = [
    "--organisation", "Acme Ltd", "--domains", "acme.co.uk,münchen.example", "--basis", "one-off",
    "--owner", "me@council.example", "--may-receive", "name,contact", "--review-by", "2030-01-05",
]  # fmt: skip


@pytest.fixture
def installed(tmp_path: Path, run: Run) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    assert run(["init", "--config", path]).code == 0
    return path


@pytest.fixture
def partners(installed: Path, run: Run):
    return lambda *words: run(["partners", words[0], "--config", installed, *words[1:]])


def shown(partners, id_: str) -> dict[str, object]:
    entry: dict[str, object] = json.loads(partners("show", id_, "--json").out)
    return entry


def test_the_registry_begins_as_the_rules_folder_has_it(partners) -> None:
    listed = [json.loads(line) for line in partners("list", "--json").out.splitlines()]
    standings = {entry["id"]: entry["standing"] for entry in listed}
    assert standings["kindly-care"] == "active"
    assert standings["quickpay-billing"] == "suspended"
    assert standings["oldtown-surveyors"] == "expired 2020-01-01"
    assert "kindly-care" not in partners("list", "--due").out
    assert "  file  " in partners("history").out


def test_an_entry_is_added_edited_suspended_expired_and_restored(partners) -> None:
    added = partners("add", "acme", *NEW, "--reason", "new contract")
    assert (added.code, added.err) == (0, "")
    assert "added: acme" in added.out
    assert shown(partners, "acme")["domains"] == ["acme.co.uk", "xn--mnchen-3ya.example"]
    assert shown(partners, "acme")["valid_from"] == datetime.now(UTC).date().isoformat()
    edited = partners("edit", "acme", "--bulk", "yes", "--notes", "a: b # c", "--reason", "bulk mail")
    assert "notes: (none) -> a: b # c" in edited.out
    assert partners("suspend", "acme", "--reason", "lost letters").code == 0
    assert shown(partners, "acme")["standing"] == "suspended"
    assert partners("edit", "acme", "--status", "active", "--reason", "found again").code == 0
    assert shown(partners, "acme")["standing"] == "active"
    assert partners("expire", "acme", "--reason", "contract ended").code == 0
    assert str(shown(partners, "acme")["standing"]).startswith("expired")
    assert "removed: acme" in partners("restore", "1", "--reason", "never mind").out
    assert partners("show", "acme").code == 2
    numbers = [line.split()[0] for line in partners("history").out.splitlines()]
    assert numbers == ["7", "6", "5", "4", "3", "2", "1"]
    assert "bulk: (none) -> yes" in partners("history", "3").out


def test_a_change_that_changes_nothing_makes_no_version(partners) -> None:
    assert partners("edit", "kindly-care", "--basis", "processor-contract", "--reason", "just so").out == (
        "Nothing would change.\n"
    )
    assert len(partners("history").out.splitlines()) == 1


@pytest.mark.parametrize(
    ("domains", "said"),
    [
        ("gmail.com", "is a consumer provider"),
        ("co.uk", "is a public suffix"),
        ("council.example", "is the council's own"),
        ("kindly-care.example", "already belongs to the entry"),
        ("*.acme.co.uk", "write the domain itself and include_subdomains: true"),
        ("a@acme.co.uk", "is an address; list it under addresses"),
    ],
)
def test_domains_that_are_nobodys_or_anothers_are_refused(partners, domains: str, said: str) -> None:
    words = [domains if word == "acme.co.uk,münchen.example" else word for word in NEW]
    ran = partners("add", "acme", *words, "--reason", "new contract")
    assert ran.code == 2
    assert said in ran.err
    assert len(partners("history").out.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nobody"), "partners: there is no entry “nobody”; `partners list` shows all"),
        (("edit", "kindly-care", "--review-by", "2027-13-05", "--reason", "longer"), "month must be in 1..12"),
        (("edit", "kindly-care", "--may-receive", "name,contcat", "--reason", "longer"), "did you mean “contact”?"),
        (("edit", "kindly-care", "--grace-days", "many", "--reason", "longer"), "grace_days: "),
        (("edit", "kindly-care", "--bulk", "true", "--reason", "x"), "--reason: says too little"),
        (("add", "kindly-care", *NEW, "--reason", "again"), "the entry “kindly-care” exists"),
        (("restore", "9", "--reason", "old one"), "there is no version 9"),
        (("history", "9"), "there is no version 9"),
        (("proposals", "9"), "no proposal 9 waits"),
        (("import", "nowhere.csv"), "nowhere.csv: can't be read"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(partners, words: tuple[str, ...], said: str) -> None:
    partners("list")
    ran = partners(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_table_that_is_exported_can_be_imported_and_shows_its_difference_first(partners, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(partners("export", "--csv").out.replace("Kindly Care Agency", "Kinder Care"), encoding="utf-8")
    preview = partners("import", table)
    assert "organisation: Kindly Care Agency Ltd -> Kinder Care Ltd" in preview.out
    assert "Nothing is changed yet" in preview.out
    assert len(partners("history").out.splitlines()) == 1
    assert partners("import", table, "--yes", "--reason", "new name").code == 0
    assert shown(partners, "kindly-care")["organisation"] == "Kinder Care Ltd"
    written = tmp_path / "partners.yaml"
    written.write_text(partners("export").out, encoding="utf-8")
    assert partners("import", written).out.startswith("No difference.")


def test_every_fault_of_a_table_is_told_with_its_line(partners, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "id,organisation,basis,owner,may_receive,domains,valid_from,review_by\n"
        "a,A,one-off,o@council.example,name,a.co.uk,2024-01-01,2030-01-01\n"
        "b,B,on-off,o@council.example,nmae,b.co.uk,2024-01-01,2030-01-01\n"
        "c,,one-off,o@council.example,name,,2024-01-01,2030-01-01\n",
        encoding="utf-8",
    )
    ran = partners("import", table)
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert [line.partition("table.csv:")[2].partition(":")[0] for line in lines] == ["3", "3", "4"]
    columns = tmp_path / "columns.csv"
    columns.write_text("id,organization\n", encoding="utf-8")
    assert "unknown column organization" in partners("import", columns).err


def test_entries_that_a_file_lacks_go_only_when_that_is_asked(partners, tmp_path: Path) -> None:
    table = tmp_path / "one.csv"
    lines = partners("export", "--csv").out.splitlines()
    table.write_text("\n".join([lines[0], next(x for x in lines if x.startswith("kindly"))]), encoding="utf-8")
    assert partners("import", table).out.startswith("No difference.")
    assert "removed: example-law" in partners("import", table, "--replace").out


def test_entries_are_named_before_they_are_due(partners) -> None:
    today = datetime.now(UTC).date()
    for days in (7, 45):
        due = (today + timedelta(days=days)).isoformat()
        assert partners("edit", "kindly-care", "--review-by", due, "--reason", "shorter").code == 0
        assert shown(partners, "kindly-care")["standing"] == f"due in {days} days"
        assert "kindly-care" in partners("list", "--due").out


def test_with_two_administrators_a_change_waits_for_the_other(
    installed: Path, partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.write_text(CONFIG + "partners: {second_approval: true}\n", encoding="utf-8")
    proposed = partners("edit", "kindly-care", "--bulk", "true", "--reason", "bulk mail")
    assert "Proposal 1: another administrator" in proposed.out
    assert "bulk" not in shown(partners, "kindly-care")
    assert "bulk: (none) -> yes" in partners("proposals", "1").out
    own = partners("approve", "1")
    assert own.code == 1
    assert "can't approve it" in own.err
    monkeypatch.setattr("dlp_gateway.cli.partners.who", lambda: "system:second")
    assert partners("approve", "1").code == 0
    assert shown(partners, "kindly-care")["bulk"] is True
    assert "approved by system:second" in partners("history").out
    assert partners("approve", "1").code == 1  # it no longer waits


def test_a_proposal_that_others_overtook_is_not_put_in_force(
    installed: Path, partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.write_text(CONFIG + "partners: {second_approval: true}\n", encoding="utf-8")
    partners("edit", "kindly-care", "--bulk", "true", "--reason", "bulk mail")
    partners("edit", "kindly-care", "--notes", "call first", "--reason", "as they ask")
    monkeypatch.setattr("dlp_gateway.cli.partners.who", lambda: "system:second")
    assert partners("approve", "1").code == 0
    late = partners("approve", "2")
    assert late.code == 1
    assert "propose the change again" in late.err
    assert partners("refuse", "2").code == 0
    assert partners("proposals").out == "Nothing waits for a second administrator.\n"


def test_who_changes_the_registry_is_the_system_account(partners) -> None:
    partners("edit", "kindly-care", "--notes", "call first", "--reason", "as they ask")
    assert settings.who() in partners("history").out
