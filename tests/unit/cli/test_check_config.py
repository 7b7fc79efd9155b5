"""`check-config`: everything an administrator wrote, checked at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dlp_gateway.cli import check_config
from dlp_gateway.config import Config
from dlp_gateway.config_reviews import Reviews
from tests.unit.cli.conftest import Ran, Run


def errors(ran: Ran) -> list[str]:
    return [line for line in ran.err.splitlines() if "warning: " not in line]


def test_the_shipped_rules_are_good_and_warnings_are_no_faults(run: Run) -> None:
    ran = run(["check-config"])
    assert ran.code == 0
    assert ran.out.startswith("The configuration and ")
    assert errors(ran) == []


def test_planted_faults_of_every_file_are_told_at_once_with_their_places(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("hostnam: mx.council.example\n")
    rules = tmp_path / "rules"
    (rules / "recognisers").mkdir(parents=True)
    (rules / "lexicons").mkdir()
    (rules / "recipients.yaml").write_text("internal: [council.example]\npres: [newspaper.example]\n")
    (rules / "senders.yaml").write_text("groups:\n  a: {addresses: [x@council.example]}\n  a: {addresses: []}\n")
    (rules / "recognisers" / "uk-nhs-number.yaml").write_text("entity: UK_NHS\ncategory: identiti\npatterns: ['(']\n")
    (rules / "lexicons" / "places.yaml").write_text("- [\n")
    ran = run(["check-config", "--rules", rules])
    assert (ran.code, ran.out) == (2, "")
    lines = errors(ran)
    for place in (
        "config.yaml:1:1: hostnam: unknown key; did you mean “hostname”?",
        "recipients.yaml:2:1: pres: unknown key; did you mean “press”?",
        "senders.yaml:3:3: “a” stands twice",
        "recognisers/uk-nhs-number.yaml:2:1: ",
        "lexicons/places.yaml:",
    ):
        assert any(place in line for line in lines), place
    assert len(lines) == len(set(lines))


def test_an_example_that_does_not_hold_is_a_fault_in_its_place(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules" / "recognisers"
    rules.mkdir(parents=True)
    text = (
        "entity: UK_PCN\ncategory: reference\npatterns: ['ZZ\\d{4}']\nconfidence: {plain: 0.9, with_context: 0.95}\n"
        'mask: "ZZ####"\nsource: own\nmatches: ["case ZZ12"]\nno_match: ["case ZZ1234"]\n'
    )
    (rules / "own.yaml").write_text(text)
    ran = run(["check-config", "--rules", rules.parent])
    assert ran.code == 2
    lines = [line for line in errors(ran) if "recognisers/own.yaml:" in line]
    assert {line.split(":")[2] for line in lines} == {"7", "8"}


def test_a_route_that_only_the_rules_name_is_a_warning(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "sectors.yaml").write_text(
        "sectors:\n  - {id: gov-uk, domains: [gov.uk], may_receive: [name], max_individuals: 9, route: courier}\n"
    )
    ran = run(["check-config", "--rules", rules])
    assert ran.code == 0
    assert "warning: sectors.yaml:2:78: no route “courier” in the configuration" in ran.err


@pytest.mark.parametrize("folder", ["absent", "file"])
def test_a_rules_folder_that_is_none_is_a_fault(run: Run, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    ran = run(["check-config", "--rules", folder])
    assert (ran.code, ran.out) == (2, "")
    assert f"{folder}: is not a folder" in ran.err


def test_a_senders_release_without_a_console_is_a_warning_and_with_one_is_none(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "policy.yaml").write_text("rules:\n  - {id: own, reason: a, then: hold, release_by: [sender]}\n")
    warning = "warning: policy.yaml:2:38: rule “own” lets the sender release, but the configuration has no console.url"
    ran = run(["check-config", "--rules", rules])
    assert ran.code == 0
    assert warning in ran.err
    (tmp_path / "config.yaml").write_text("console: {url: 'https://check.council.example'}\n")
    ran = run(["check-config", "--rules", rules])
    assert ran.code == 0
    assert "rule “own”" not in ran.err


def test_where_welsh_is_written_what_is_not_told_in_it_is_a_warning(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "templates").mkdir(parents=True)
    (rules / "policy.yaml").write_text("rules:\n  - {id: own, reason: a, then: hold}\n")
    (rules / "templates" / "expiry.txt").write_text("Subject: Too late\n\nIt was not sent.\n")
    ran = run(["check-config", "--rules", rules])
    assert (ran.code, "reason_cy" in ran.err, "expiry.cy.txt" in ran.err) == (0, False, False)
    (tmp_path / "config.yaml").write_text("notices: {languages: [cy, en]}\n")
    ran = run(["check-config", "--rules", rules])
    assert ran.code == 0
    assert "warning: policy.yaml:2:15: rule “own” has no reason_cy" in ran.err
    assert "warning: templates/expiry.cy.txt: is the shipped text, while templates/expiry.txt is your own" in ran.err
    (rules / "templates" / "expiry.cy.txt").write_text("Subject: Rhy hwyr\n\nNi chafodd ei hanfon.\n")
    assert "expiry.cy.txt" not in run(["check-config", "--rules", rules]).err


def test_an_administrator_of_partners_outside_the_council_is_a_warning_without_the_address(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(
        "partners: {administrators: [registry@council.example, somebody@elsewhere.example]}\n"
    )
    ran = run(["check-config"])
    assert ran.code == 0
    assert "warning: partners.administrators: number 2 is not an address of the council" in ran.err
    assert "number 1 is" not in ran.err
    assert "elsewhere" not in ran.err


def test_a_fault_in_the_councils_own_welsh_words_is_told_in_its_place(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "languages").mkdir(parents=True)
    (rules / "languages" / "cy.po").write_text('msgid "page {name}"\nmsgstr "tudalen {enw}"\n')
    ran = run(["check-config", "--rules", rules])
    assert ran.code == 2
    assert "languages/cy.po:1: unknown placeholder {enw}; the English text has it not" in ran.err


@pytest.mark.parametrize("languages", ["[]", "[cy, cy]", "[de]"])
def test_languages_of_notices_are_english_and_welsh_each_once(run: Run, tmp_path: Path, languages: str) -> None:
    (tmp_path / "config.yaml").write_text(f"notices: {{languages: {languages}}}\n")
    ran = run(["check-config"])
    assert ran.code == 2
    assert "notices.languages" in ran.err


def test_a_key_for_dkim_a_disclaimer_and_a_user_that_can_not_be_used_are_faults(run: Run, tmp_path: Path) -> None:
    """The gateway would not start with the first and the last; mail would leave without the second."""
    (tmp_path / "users").write_text("# staff\nann:secret words\n")
    (tmp_path / "key.pem").write_text("no key")
    (tmp_path / "key.pem").chmod(0o600)
    signature = "{domain: council.example, selector: a, key: key.pem}"
    by_file = "authentication: {kind: file, file: users}\n"
    (tmp_path / "own.yaml").write_text(f"dkim: {{signatures: [{signature}]}}\n{by_file}")
    (tmp_path / "rules" / "templates").mkdir(parents=True)
    (tmp_path / "rules" / "templates" / "disclaimer.housing.txt").write_text("Short.\n")
    ran = run(["check-config", "--config", tmp_path / "own.yaml", "--rules", tmp_path / "rules"])
    assert ran.code == 2
    told = errors(ran)
    assert any("dkim.signatures.0.key: " in line and "is not a private key in PEM" in line for line in told)
    assert any("templates/disclaimer.housing.txt:1: the first paragraph must have 20 letters" in line for line in told)
    assert f"dlp-gateway: {tmp_path}/users:2: the hash is not one; `dlp-gateway users hash` prints it" in told
    assert "secret words" not in ran.err
    assert len(told) == 3


def test_bank_holidays_that_are_all_over_are_warned_of() -> None:
    listed = Config(reviews=Reviews(bank_holidays=(date(2026, 12, 25), date(2026, 12, 28))))
    assert check_config._old_holidays(listed, date(2026, 12, 28)) == []
    (warning,) = check_config._old_holidays(listed, date(2026, 12, 29))
    assert str(warning).startswith("reviews.bank_holidays: ends with 2026-12-28")
    assert check_config._old_holidays(Config(), date(2026, 12, 29)) == []
