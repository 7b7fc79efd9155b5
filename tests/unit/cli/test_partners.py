"""`partners`: the registry on the command line, over a real store."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway import rule_changes
from dlp_gateway.act.mail_hosts import MailHosts
from dlp_gateway.cli import settings
from dlp_gateway.config_file import load_config
from tests.support.migrated import put_migrated_database
from tests.unit.cli.conftest import Ran, Run

CONFIG = 'store: {url: "sqlite:///gateway.db", spool: spool}\nkeys: {folder: keys}\n'
NEW = [
    "--organisation", "Acme Ltd", "--domains", "acme.co.uk,münchen.example", "--basis", "one-off",
    "--owner", "me@council.example", "--may-receive", "name,contact", "--review-by", "2030-01-05",
]  # fmt: skip


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled by the first test: an installation whose store has been given the rules folder by its first command."""
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def installed(tmp_path: Path, run: Run, installation: Path) -> Path:
    path = installation / "config.yaml"
    if not path.exists():
        path.write_text(CONFIG, encoding="utf-8")
        assert run(["init", "--config", path]).code == 0
        put_migrated_database(installation)
        assert run(["partners", "list", "--config", path]).code == 0
    shutil.copytree(installation, tmp_path, dirs_exist_ok=True)
    return tmp_path / "config.yaml"


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


def test_no_cell_of_an_exported_table_is_a_formula_and_importing_it_changes_nothing(partners, tmp_path: Path) -> None:
    words = ("--incident-contact", "+44 1632 960417", "--notes", "=HYPERLINK(0)", "--reason", "as they ask")
    assert partners("edit", "kindly-care", *words).code == 0
    table = tmp_path / "table.csv"
    table.write_text(partners("export", "--csv").out, encoding="utf-8")
    cells = [cell for row in csv.reader(table.read_text(encoding="utf-8").splitlines()) for cell in row]
    assert {"'+44 1632 960417", "'=HYPERLINK(0)"} < set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert partners("import", table).out.startswith("No difference.")


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
    monkeypatch.setattr("dlp_gateway.cli.partner_changes.who", lambda: "system:second")
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
    monkeypatch.setattr("dlp_gateway.cli.partner_changes.who", lambda: "system:second")
    assert partners("approve", "1").code == 0
    late = partners("approve", "2")
    assert late.code == 1
    assert "propose the change again" in late.err
    assert partners("refuse", "2").code == 0
    assert partners("proposals").out == "Nothing waits for a second administrator.\n"


def test_who_changes_the_registry_is_the_system_account(partners) -> None:
    partners("edit", "kindly-care", "--notes", "call first", "--reason", "as they ask")
    assert settings.who() in partners("history").out


def test_a_change_that_others_overtook_is_refused_and_loses_nobodys_work(
    partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other administrator's command lands between our reading and our writing."""
    check = rule_changes.check_together

    def late(*arguments: Any) -> None:
        monkeypatch.setattr(rule_changes, "check_together", check)
        assert partners("edit", "example-law", "--notes", "by the other", "--reason", "as they ask").code == 0
        check(*arguments)

    monkeypatch.setattr(rule_changes, "check_together", late)
    ran = partners("edit", "kindly-care", "--notes", "mine", "--reason", "as we ask")
    assert (ran.code, ran.err) == (
        1,
        "dlp-gateway: version 2 came meanwhile; look at it, then make the change again\n",
    )
    assert shown(partners, "example-law")["notes"] == "by the other"
    assert partners("edit", "kindly-care", "--notes", "mine", "--reason", "as we ask").code == 0
    assert shown(partners, "example-law")["notes"] == "by the other"


def test_what_a_second_administrator_is_shown_of_a_new_entry_is_all_of_it(installed: Path, partners) -> None:
    installed.write_text(CONFIG + "partners: {second_approval: true}\n", encoding="utf-8")
    partners("add", "acme", *NEW, "--reason", "new contract")
    told = partners("proposals", "1").out
    assert "may receive: name, contact" in told
    assert "domains: acme.co.uk, xn--mnchen-3ya.example" in told


def test_a_proposal_that_no_longer_fits_the_other_rules_is_not_approved(
    installed: Path, partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken version in the store would stop the next start of a gateway."""
    installed.write_text(CONFIG + "partners: {second_approval: true}\n", encoding="utf-8")
    partners("add", "acme", *NEW, "--reason", "new contract")
    config = load_config(installed)
    store = settings.open_store(config)
    text = store.current_rules()["recipients.yaml"]
    changed = text.replace("webmail:", "webmail:\n  - acme.co.uk", 1)
    store.import_rules({"recipients.yaml": changed}, author="admin.c", reason="it is webmail")
    store.close()
    monkeypatch.setattr("dlp_gateway.cli.partner_changes.who", lambda: "system:second")
    ran = partners("approve", "1")
    assert ran.code == 2
    assert ran.err == (
        "dlp-gateway: entry acme: “acme.co.uk” is a consumer provider, whose addresses are anybody's; "
        "use exact addresses\n"
    )
    assert len(partners("history").out.splitlines()) == 1


def test_every_fault_of_a_change_is_told_at_once_by_its_entry(partners, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "id,organisation,basis,owner,may_receive,domains,valid_from,review_by\n"
        "a,A,one-off,o@council.example,name,gmail.com;co.uk,2024-01-01,2030-01-01\n"
        "b,B,one-off,o@council.example,name,kindly-care.example,2024-01-01,2030-01-01\n",
        encoding="utf-8",
    )
    ran = partners("import", table, "--yes", "--reason", "the yearly list")
    assert ran.code == 2
    assert [line.split(":")[1].strip() for line in ran.err.splitlines()] == ["entry a", "entry a", "entry kindly-care"]


def test_a_table_changes_only_the_columns_that_it_has(partners, tmp_path: Path) -> None:
    partners("edit", "kindly-care", "--notes", "call first", "--reason", "as they ask")
    before = shown(partners, "kindly-care")
    table = tmp_path / "reviews.csv"
    table.write_text("id,review_by\nkindly-care,2031-05-01\n", encoding="utf-8")
    assert partners("import", table, "--yes", "--reason", "reviewed").code == 0
    assert shown(partners, "kindly-care") == before | {"review_by": "2031-05-01"}


def test_a_column_that_stands_twice_is_refused(partners, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,review_by,Review by\nkindly-care,2031-05-01,2032-05-01\n", encoding="utf-8")
    assert "table.csv:1: the column review_by stands twice" in partners("import", table).err


def test_an_id_that_looks_like_a_number_stays_as_it_is_written(partners, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(
        "id,organisation,basis,owner,may_receive,domains,valid_from,review_by\n"
        "007,A,one-off,o@council.example,name,a.co.uk,2024-01-01,2030-01-01\n",
        encoding="utf-8",
    )
    assert partners("import", table, "--yes", "--reason", "by number").code == 0
    assert shown(partners, "007")["organisation"] == "A"


def test_versions_proposals_and_differences_can_be_read_by_programs(installed: Path, partners) -> None:
    partners("edit", "kindly-care", "--bulk", "true", "--reason", "bulk mail")
    newest, first = (json.loads(line) for line in partners("history", "--json").out.splitlines())
    assert (newest["number"], newest["author"], newest["reason"]) == (2, settings.who(), "bulk mail")
    assert (first["number"], first["author"]) == (1, "file")
    assert json.loads(partners("history", "2", "--json").out) == {
        "change": "edited",
        "id": "kindly-care",
        "fields": {"bulk": {"from": None, "to": True}},
    }
    assert partners("proposals", "--json").out == ""
    installed.write_text(CONFIG + "partners: {second_approval: true}\n", encoding="utf-8")
    partners("suspend", "kindly-care", "--reason", "lost letters")
    assert json.loads(partners("proposals", "--json").out)["reason"] == "lost letters"
    assert json.loads(partners("proposals", "1", "--json").out)["fields"] == {
        "status": {"from": None, "to": "suspended"}
    }


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> dict[str, MailHosts]:
    """What DNS says of each domain; of others that they do not exist."""
    answers: dict[str, MailHosts] = {}
    monkeypatch.setattr(
        "dlp_gateway.cli.partner_evidence.mail_hosts",
        lambda domain: answers.get(domain, MailHosts(domain=domain, fault="the domain does not exist")),
    )
    return answers


HOSTS = MailHosts(domain="kindly-care.example", hosts=("kindly.mail.protection.outlook.com",))
MOVED = MailHosts(domain="kindly-care.example", hosts=("mx.elsewhere.example",))
FAILED = MailHosts(domain="kindly-care.example", fault="no answer within 5 seconds", known=False)


def test_where_mail_is_hosted_is_looked_up_and_kept_only_when_asked(partners, looked_up) -> None:
    looked_up["kindly-care.example"] = HOSTS
    ran = partners("check", "kindly-care")
    assert (ran.code, ran.out) == (
        0,
        "kindly-care: kindly-care.example: kindly.mail.protection.outlook.com (hosted at outlook.com)\n",
    )
    assert "mail_evidence" not in shown(partners, "kindly-care")
    assert partners("check", "kindly-care", "--record", "--reason", "monthly look").code == 0
    assert shown(partners, "kindly-care")["mail_evidence"] == {
        "last_checked": datetime.now(UTC).date().isoformat(),
        "hosts": ["kindly.mail.protection.outlook.com"],
    }
    assert partners("check", "kindly-care").code == 0


def test_a_partner_whose_mail_moved_is_named(partners, looked_up) -> None:
    looked_up["kindly-care.example"] = HOSTS
    partners("check", "kindly-care", "--record", "--reason", "monthly look")
    looked_up["kindly-care.example"] = MOVED
    ran = partners("check", "kindly-care")
    assert ran.code == 1
    assert "it was kindly.mail.protection.outlook.com; ask the partner why" in ran.out
    told = json.loads(partners("check", "kindly-care", "--json").out)
    assert (told["moved"], told["hosts"], told["hosted_at"]) == (True, ["mx.elsewhere.example"], ["elsewhere.example"])


def test_a_look_up_that_fails_neither_accuses_the_partner_nor_forgets_what_is_known(partners, looked_up) -> None:
    looked_up["kindly-care.example"] = HOSTS
    partners("check", "kindly-care", "--record", "--reason", "monthly look")
    before = shown(partners, "kindly-care")
    looked_up["kindly-care.example"] = FAILED
    ran = partners("check", "kindly-care", "--record", "--reason", "another look")
    assert ran.code == 1
    assert "no answer within 5 seconds" in ran.out
    assert "ask the partner why" not in ran.out
    assert shown(partners, "kindly-care") == before
    assert len(partners("history").out.splitlines()) == 2


def test_without_an_id_every_entry_that_works_is_looked_up_and_dead_domains_are_a_fault(partners, looked_up) -> None:
    listed = [json.loads(line) for line in partners("list", "--json").out.splitlines()]
    working = {entry["id"] for entry in listed if entry["standing"] == "active" and entry.get("domains")}
    looked = [json.loads(line) for line in partners("check", "--json").out.splitlines()]
    assert {one["id"] for one in looked} == working
    assert {one["fault"] for one in looked} == {"the domain does not exist"}
    assert partners("check").code == 1


def test_with_json_only_objects_are_printed_even_when_evidence_is_kept(partners, looked_up) -> None:
    looked_up["kindly-care.example"] = HOSTS
    ran = partners("check", "kindly-care", "--json", "--record", "--reason", "monthly look")
    assert json.loads(ran.out)["hosted_at"] == ["outlook.com"]
    assert "Version 2" in ran.err


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.eml"
    path.write_bytes(
        b"From: Jo Evans <jo.evans@council.example>\r\nTo: ann@acme.co.uk\r\nSubject: Monday\r\n\r\nSee you.\r\n"
    )
    return path


def class_of(ran: Ran) -> str:
    (verdict,) = json.loads(ran.out)["verdicts"]
    return str(verdict["class"])


def test_explain_judges_by_the_registry_in_force_and_by_files_only_where_they_are_named(
    installed: Path, partners, run: Run, letter: Path
) -> None:
    quick = CONFIG + "workers: {count: 1, names: false}\n"
    installed.write_text(quick, encoding="utf-8")
    words = ["explain", "--config", installed, "--json", letter]
    assert class_of(run(words)) == "unapproved"
    partners("add", "acme", *NEW, "--reason", "new contract")
    ran = run(words)
    assert class_of(ran) == "partner"
    assert "warning: not in force" not in ran.err
    assert class_of(run([*words, "--rules", Path(__file__).parents[3] / "rules"])) == "unapproved"


def test_explain_says_which_files_no_gateway_has_taken_up(
    installed: Path, partners, run: Run, letter: Path, tmp_path: Path
) -> None:
    partners("add", "acme", *NEW, "--reason", "new contract")
    rules = tmp_path / "own-rules"
    rules.mkdir()
    (rules / "partners.yaml").write_text("partners: []\n", encoding="utf-8")
    installed.write_text(CONFIG + "workers: {count: 1, names: false}\nrules: own-rules\n", encoding="utf-8")
    ran = run(["explain", "--config", installed, "--json", letter])
    assert class_of(ran) == "partner"
    assert "warning: not in force yet, so not used here: partners.yaml;" in ran.err


def test_check_config_names_entries_of_the_registry_in_force_that_are_due(installed: Path, partners, run: Run) -> None:
    due = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    partners("edit", "kindly-care", "--review-by", due, "--reason", "review sooner")
    ran = run(["check-config", "--config", installed])
    assert ran.code == 0
    (line,) = (line for line in ran.err.splitlines() if "“kindly-care”" in line)
    assert "partners.yaml in the store:" in line
    assert line.endswith(f"“kindly-care” is due for review within 7 days, on {due}")
    by_file = run(["check-config", "--config", installed, "--rules", Path(__file__).parents[3] / "rules"])
    assert "“kindly-care”" not in by_file.err


def test_check_config_refuses_a_file_that_the_next_start_would(
    installed: Path, partners, run: Run, tmp_path: Path
) -> None:
    partners("add", "acme", *NEW, "--reason", "new contract")
    rules = tmp_path / "own-rules"
    rules.mkdir()
    shipped = (Path(__file__).parents[3] / "rules" / "recipients.yaml").read_text(encoding="utf-8")
    changed = shipped.replace("webmail:\n", "webmail:\n  - acme.co.uk\n", 1)
    (rules / "recipients.yaml").write_text(changed, encoding="utf-8")
    installed.write_text(CONFIG + "rules: own-rules\n", encoding="utf-8")
    ran = run(["check-config", "--config", installed])
    assert ran.code == 2
    (line,) = (line for line in ran.err.splitlines() if "warning" not in line)
    assert "partners.yaml in the store:" in line
    assert "“acme.co.uk” is a consumer provider" in line
