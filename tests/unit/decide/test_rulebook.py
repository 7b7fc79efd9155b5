from datetime import date

import pytest

from dlp_gateway.decide import check_examples, indexes_asked, load_rulebook, warnings_of
from dlp_gateway.decide.rulebook import FILES
from dlp_gateway.errors import ConfigError
from tests.support.cpu_time import within
from tests.support.policy_mail import rulebook_with, shipped, shipped_texts

POLICY = """\
rollout: {default: enforce, enforce_for: [presss-officers]}
rules:
  - id: one
    reason: "Fine."
    when: {recipient_clas: [press]}
    then: hold
  - id: two
    reason: "{parner} is wrong."
    then: hold
  - id: one
    reason: "Again."
    when: {categories: [helth, high, hihg]}
    then: quarantine
    reviewers: communication
  - id: four
    reason: "Fine."
    when: {recipient_class: [outsid]}
    unless:
      - {sender_group: [press-officer]}
    then: relay
    approvals: 3
"""
PARTNERS = """\
partners:
  - id: a
    domains: [co.uk, gmail.com, mail.council.example]
    organisation: A
    basis: handshake
    owner: o@council.example
    may_receive: [names]
    valid_from: 2025-01-01
    review_by: 2024-01-01
  - id: a
    domains: [bright.co.uk, "not a domain"]
    organisation: B
    basis: one-off
    owner: o@council.example
    may_receive: [name]
    valid_from: 2025-01-01
    review_by: 2026-01-01
    sender_groups: [press-officers, nobody]
"""


def faults_of(**texts):
    with pytest.raises(ConfigError) as caught:
        rulebook_with(**texts)
    return caught.value.faults


def test_all_faults_of_all_files_come_at_once_with_their_places():
    found = [
        (f.file, f.line, f.column, f.text)
        for f in faults_of(policy=POLICY, partners=PARTNERS, reviewers="groups:\n  x: {members: []}\n")
    ]
    places = {(file, line, column) for file, line, column, _ in found}
    assert {
        ("policy.yaml", 1, 43),  # unknown sender group
        ("policy.yaml", 5, 12),  # unknown condition
        ("policy.yaml", 7, 5),  # unknown placeholder
        ("policy.yaml", 10, 5),  # id stands twice
        ("policy.yaml", 12, 25),  # unknown category
        ("policy.yaml", 12, 38),  # another
        ("policy.yaml", 13, 5),  # unknown action
        ("policy.yaml", 14, 5),  # unknown reviewer group
        ("policy.yaml", 17, 30),  # unknown recipient class
        ("policy.yaml", 19, 25),  # unknown sender group in an exception
        ("policy.yaml", 21, 5),  # three approvals
        ("partners.yaml", 3, 15),
        ("partners.yaml", 3, 22),
        ("partners.yaml", 3, 33),
        ("partners.yaml", 5, 5),
        ("partners.yaml", 7, 19),
        ("partners.yaml", 10, 5),
        ("partners.yaml", 11, 29),
        ("partners.yaml", 18, 37),
        ("reviewers.yaml", 2, 7),
    } <= places
    assert found == sorted(found, key=lambda f: (FILES.index(f[0]), f[1], f[2]))


@pytest.mark.parametrize(
    "text",
    [
        "did you mean “recipient_class”?",
        "did you mean “partner”?",
        "“one” stands twice, first in line 3",
        "unknown category “helth”; known: contact",
        "unknown recipient class “outsid”; did you mean “outside”?",
        "unknown sender group “press-officer”; did you mean “press-officers”?",
        "unknown reviewer group “communication”; did you mean “communications”?",
    ],
)
def test_a_fault_says_what_would_be_right(text):
    assert text in "\n".join(f.text for f in faults_of(policy=POLICY))


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        ("gov.uk", "public suffix"),
        ("example", "public suffix"),
        ("btinternet.com", "consumer provider"),
        ("housing.council.example", "the council's own"),
        ("hospitals.nhs.example", "already belongs to the entry “x”"),
    ],
)
def test_a_partner_entry_names_only_its_own_domain(domain, text):
    entry = (
        "  - {id: %s, domains: [%s], organisation: O, basis: one-off, owner: o@council.example, "
        "may_receive: [name], valid_from: 2025-01-01, review_by: 2030-01-01}\n"
    )
    first = entry % ("x", "hospitals.nhs.example")
    (fault,) = faults_of(partners=f"partners:\n{first}{entry % ('y', domain)}")
    assert text in fault.text
    assert fault.line == 3


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("internal: [", "with its sub-domains covers “desk.county.example”, which is the council's own"),
        ("webmail:\n  - ", "with its sub-domains covers “desk.county.example”, which is a consumer provider"),
    ],
)
def test_a_partner_entry_does_not_cover_from_above_what_is_not_the_partners(listed, text):
    entry = (
        "partners:\n  - {id: x, domains: [county.example], include_subdomains: %s, organisation: O, basis: one-off, "
        "owner: o@council.example, may_receive: [name], valid_from: 2025-01-01, review_by: 2030-01-01}\n"
    )
    more = "desk.county.example, " if listed.endswith("[") else "desk.county.example\n  - "
    recipients = shipped_texts()["recipients.yaml"].replace(listed, listed + more, 1)
    (fault,) = faults_of(partners=entry % "true", recipients=recipients)
    assert text in fault.text
    assert rulebook_with(partners=entry % "false", recipients=recipients).partners.entries


def test_an_exact_address_at_a_consumer_provider_is_allowed():
    assert any("gmail.com" in a for e in shipped().partners.entries for a in e.addresses)


@pytest.mark.parametrize("text", ["groups: {}", "", "groups: {x: {members: []}}", "groups:"])
def test_no_reviewer_group_may_be_empty(text):
    assert any(f.file == "reviewers.yaml" for f in faults_of(reviewers=text))


def test_a_missing_file_and_broken_yaml_are_faults_beside_others():
    texts = shipped_texts() | {"senders.yaml": "groups: [", "policy.yaml": POLICY}
    del texts["sectors.yaml"]
    with pytest.raises(ConfigError) as caught:
        load_rulebook(texts)
    assert {f.file for f in caught.value.faults} == {"senders.yaml", "sectors.yaml", "policy.yaml"}


def test_the_version_changes_with_any_file_and_only_then():
    assert load_rulebook(shipped_texts() | {"lexicons/health.yaml": "x"}).version == shipped().version
    for name, text in shipped_texts().items():
        assert load_rulebook(shipped_texts() | {name: text + "\n"}).version != shipped().version


def test_an_example_that_fails_is_a_fault_in_its_place():
    text = """\
rules:
  - id: all
    reason: "All."
    when: {recipient_class: outside}
    then: hold
    examples:
      - {class: webmail, then: hold}
      - {class: webmail, then: relay}
      - {class: internal, then: relay}
      - {class: internal, then: relay, applies: false}
      - {class: webmail, findings: [UK_NSH], then: hold}
      - {class: webmail, gaps: [message broken], then: hold}
"""
    faults = check_examples(rulebook_with(policy=text))
    assert [f.line for f in faults] == [8, 9, 11, 12]
    assert "must get relay, but gets hold by all" in faults[0].text
    assert "must apply" in faults[1].text
    assert "did you mean “UK_NHS”?" in faults[2].text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("{id: x, reason: r, when: {recipient_class: []}, then: hold}", "names no recipient class"),
        ("{id: x, reason: r, when: {recipient_class: [press], partner: {bulk: true}}, then: hold}", "no partner entry"),
        ("{id: x, reason: r, unless: [{}], then: hold}", "always lifts it"),
        ("{id: x, reason: r, when: {look_alike: true}, unless: [{look_alike: true}], then: hold}", "always lifts it"),
        ("{id: x, reason: r, when: {individuals: {min: 5, max: 4}}, then: hold}", "max is below its min"),
        ("{id: x, reason: r, when: {recipient_class: [social], look_alike: true}, then: hold}", "outdone by “sweep”"),
    ],
)
def test_idle_rules_are_warned_of(rule, text):
    sweep = "{id: sweep, reason: r, when: {recipient_class: [social]}, then: reject}"
    (warning,) = warnings_of(rulebook_with(policy=f"rules:\n  - {sweep}\n  - {rule}\n"))
    assert text in warning.text
    assert warning.line == 3


def test_routes_that_are_missing_and_entries_that_are_due_are_warned_of():
    found = warnings_of(shipped(), routes={"relay", "secured"}, day=date(2030, 1, 10))
    texts = [f.text for f in found]
    assert (
        sum("no route “secure”" in t and "did you mean “secured”?" in t for t in texts)
        == len([r for r in [e.route for e in shipped().partners.entries] if r]) + len(shipped().sectors.sectors) + 1
    )
    assert any("“example-hospitals” was due for review on 2030-01-01" in t for t in texts)


def test_owners_outside_the_council_are_warned_of():
    partners = shipped_texts()["partners.yaml"].replace("owner: ", "owner: someone@elsewhere.example #", 1)
    (warning,) = warnings_of(rulebook_with(partners=partners))
    assert "the owner is not an address of the council" in warning.text
    assert warning.file == "partners.yaml"


def test_the_rulebook_names_the_routes_that_entries_ask_for():
    assert shipped().routes == {"secure"}


def test_loading_takes_less_than_a_second():
    within(1, lambda: load_rulebook(shipped_texts()))


def test_the_documented_files_load_as_they_are_documented():
    rulebook = rulebook_with(
        policy="""\
rollout: {default: enforce, enforce_for: []}
rules:
  - id: partner-category
    clause: "3.3"
    reason: "{partner} may not receive {categories} by e-mail under its agreement."
    mode: enforce                      # enforce | observe
    when: {recipient_class: [partner, public-sector, elected], categories: {not_allowed_by_partner: true}}
    unless: []                         # more conditions of the same form; any of them lifts the rule
    then: hold                         # relay | encrypt | hold | reject | disclaimer
    reviewers: information-governance
    approvals: 1
    release_by: [reviewer]
    clock: {working_minutes: 240, out_of_hours_minutes: 60, escalate_to: duty-team}
    expires_days: 14
    notify: [sender]
    examples: []
""",
        partners="""\
partners:
  - id: example-hospitals
    domains: [hospitals.nhs.example]
    include_subdomains: true
    addresses: []
    organisation: Example Hospitals NHS Trust
    basis: sharing-agreement
    agreement: ISA-2024-017
    owner: discharge.lead@council.example
    purpose: hospital discharge
    may_receive: [name, contact, reference, identity, special, safeguarding]
    sender_groups: []
    route: secure
    bulk: false
    unreadable_attachments: false
    status: active
    valid_from: 2024-05-01
    review_by: 2030-01-01
    grace_days: 28
    deputy_owner: x@council.example
    tls_evidence: {last_verified: 2025-01-01, how: MTA-STS}
""",
        recipients="""\
internal: [council.example, "*.council.example"]
press: [newspaper.example]
publication: [foi-portal.example]
social: [post.blog.example]
webmail: [gmail.com, hotmail.com]
elected: {addresses: [], may_receive: [name, contact, reference, special], route: secure}
confidential: []
not_lookalike: []
""",
        sectors="""\
sectors:
  - {id: gov-uk, domains: [gov.uk, "*.gov.uk"], may_receive: [name, contact], max_individuals: 9, route: secure}
""",
        senders="""\
groups:
  out-of-scope: {addresses: ["*@members.council.example"]}
  press-officers: {addresses: ["press.*@council.example"], reviewers: communications, language: en}
  adult-social-care:
    {addresses: ["adults.*@council.example"], trusted_header: "X-Council-Department: ASC", owner: x@council.example}
""",
    )
    assert [r.rule.id for r in rulebook.rules] == ["partner-category"]
    assert check_examples(rulebook) == []


def test_free_words_about_tls_and_hosting_are_taken_too():
    entry = (
        "{id: a, domains: [a-firm.co.uk], organisation: A, basis: statutory, owner: o@council.example, may_receive: []"
    )
    rest = ", valid_from: 2025-01-01, review_by: 2030-01-01, tls_evidence: 'MTA-STS, May 2025', hosting: UK}"
    (loaded,) = rulebook_with(partners=f"partners:\n  - {entry}{rest}").partners.entries
    assert loaded.tls_evidence == "MTA-STS, May 2025"


def test_an_index_that_was_never_built_is_told_with_the_rule_that_asks_for_it():
    day = date(2019, 1, 1)
    assert [w.text for w in warnings_of(shipped(), day=day, indexes={"protected"})] == []
    assert [w.text for w in warnings_of(shipped(), day=day)] == []
    (warning,) = warnings_of(shipped(), day=day, indexes=set())
    assert warning.text.startswith("rule “protected-person” asks for the index “protected”, which does not exist")
    assert warning.line is not None
    assert indexes_asked(shipped()) == {"protected": "protected-person"}


@pytest.mark.parametrize("file", sorted(name for name in shipped_texts() if name.endswith(".yaml")))
def test_a_file_that_is_no_rules_at_all_has_faults_and_breaks_nothing(file: str) -> None:
    for text in ("a word", "\ud800", "[a word]", "rules: a word", "- a\n- {b: c}", "? [a]\n: b", "1: 2", "~: ~"):
        with pytest.raises(ConfigError):
            load_rulebook({**shipped_texts(), file: text})
