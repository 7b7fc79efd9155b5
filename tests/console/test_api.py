"""The JSON API: what programs may do with a token, what they may not, and that nothing they send breaks it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from dlp_gateway.store.chain import link_hash
from tests.console.conftest import Stand, message_of
from tests.support.hop_thread import taken_for, wait_for
from tests.support.staff import account, add_accounts
from tests.support.waiting import wait_until

ADMIN, AUDITOR, REVIEWER, OTHER = "api.admin", "api.auditor", "api.reviewer", "api.press"
LEAD, PRESS = "information.governance@council.example", "head.of.communications@council.example"
REASON = "agreed with the information governance team"
ENTRY = {
    "id": "api-example-trust",
    "domains": ["api-trust.example"],
    "organisation": "API Example Trust",
    "basis": "sharing-agreement",
    "agreement": "ISA-77",
    "owner": "ig@council.example",
    "purpose": "referrals",
    "may_receive": ["name", "contact"],
    "valid_from": "2026-01-01",
    "review_by": "2090-01-01",
}


@dataclass(frozen=True)
class Answer:
    status: int
    value: Any
    headers: http.client.HTTPMessage


Ask = Callable[..., Answer]


def ask(stand: Stand, token: str | None, path: str, method: str = "GET", value: object = None) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(stand.url).netloc, timeout=20)
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request(method, f"/api/v1/{path}", None if value is None else json.dumps(value), headers)
        came = connection.getresponse()
        return Answer(came.status, json.loads(came.read()), came.headers)
    finally:
        connection.close()


def new_token(stand: Stand, name: str, user: str, *permissions: str) -> str:
    ran = stand.gateway.run("tokens", "add", name, "--for", user, "--may", *permissions)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def accounts(stand: Stand) -> None:
    accounts = [
        account(ADMIN, "administrator"),
        account(AUDITOR, "auditor"),
        account(REVIEWER, "reviewer", email=LEAD),
        account(OTHER, "reviewer", email=PRESS),
    ]
    add_accounts(stand.gateway, accounts)


@pytest.fixture(scope="module")
def admin(stand: Stand, accounts: None) -> str:
    return new_token(stand, "everything", ADMIN, "partners:read", "partners:edit", "policy:read", "policy:edit")


@pytest.fixture(scope="module")
def auditor(stand: Stand, accounts: None) -> str:
    return new_token(stand, "siem", AUDITOR, "audit:read")


@pytest.fixture(scope="module")
def reviewer(stand: Stand, accounts: None) -> str:
    return new_token(stand, "desk", REVIEWER, "holds:read", "holds:decide")


def waiting_for(stand: Stand, token: str, link: str) -> str:
    """The id of the held message of this link."""
    (one,) = ask(stand, token, f"holds?text={message_of(link)}").value["items"]
    return str(one["id"])


def test_without_a_token_nothing_is_told(stand: Stand, admin: str) -> None:
    for token in (None, "", "nonsense", admin[:-1], admin.upper(), f"{admin}x"):
        answer = ask(stand, token, "partners")
        assert (answer.status, answer.value) == (401, {"detail": "Unauthorized"}), token


def test_a_token_does_no_more_than_it_says(stand: Stand, admin: str, auditor: str) -> None:
    """An auditor may read the registry, a token of theirs only where it says so."""
    assert ask(stand, auditor, "audit").status == 200
    for token, path in ((auditor, "partners"), (auditor, "policy"), (admin, "audit"), (admin, "audit/proof")):
        assert ask(stand, token, path).status == 403, path


def test_nobody_makes_a_token_that_may_do_more_than_its_account(stand: Stand, accounts: None) -> None:
    ran = stand.gateway.run("tokens", "add", "too-much", "--for", AUDITOR, "--may", "audit:read", "partners:edit")
    assert (ran.returncode, ran.stderr) == (
        2,
        "dlp-gateway: --may: partners:edit: the roles of api.auditor don't give that\n",
    )


def test_a_token_ends_with_the_role_the_account_or_itself(stand: Stand, accounts: None) -> None:
    add_accounts(stand.gateway, [account("api.leaver", "auditor")])
    token = new_token(stand, "leaves", "api.leaver", "audit:read")
    assert ask(stand, token, "audit").status == 200
    for words, status in (
        (("users", "role", "api.leaver", "--role", "administrator"), 403),
        (("users", "role", "api.leaver", "--role", "auditor"), 200),
        (("users", "disable", "api.leaver"), 401),
        (("users", "enable", "api.leaver"), 200),
        (("tokens", "revoke", "leaves"), 401),
    ):
        assert stand.gateway.run(*words).returncode == 0
        assert ask(stand, token, "audit").status == status, words


def test_a_token_is_kept_nowhere(stand: Stand, admin: str) -> None:
    written = [path for path in stand.gateway.folder.rglob("*") if path.is_file()]
    assert any(path.name == "gateway.db" for path in written)
    assert not [path for path in written if admin.encode() in path.read_bytes()]
    listed = stand.gateway.run("tokens", "list", "--json").stdout
    assert admin not in listed
    assert '"name": "everything"' in listed


def test_an_entry_is_added_changed_and_ended_with_who_and_why(stand: Stand, admin: str) -> None:
    version = ask(stand, admin, "partners").value["version"]
    added = ask(stand, admin, "partners", "POST", {"version": version, "reason": REASON, "entry": ENTRY})
    assert (added.status, added.value) == (201, {"version": version + 1, "proposal": None})
    one = ask(stand, admin, f"partners/{ENTRY['id']}").value
    assert one["standing"] == "active"
    assert one["entry"]["organisation"] == "API Example Trust"

    late = ask(stand, admin, f"partners/{ENTRY['id']}", "PUT", {"version": version, "reason": REASON, "entry": ENTRY})
    assert (late.status, late.value["version"]) == (409, version + 1), "somebody was quicker: this very program"

    changed = {"version": version + 1, "reason": REASON, "entry": ENTRY | {"purpose": "discharges"}}
    assert ask(stand, admin, f"partners/{ENTRY['id']}", "PUT", changed).status == 200
    assert ask(stand, admin, f"partners/history/{version + 2}").value["items"] == [
        {"kind": "edited", "id": ENTRY["id"], "fields": {"purpose": ["referrals", "discharges"]}}
    ]
    newest = ask(stand, admin, "partners/history").value["items"][0]
    assert (newest["author"], newest["reason"]) == (f"user:{ADMIN}", REASON)

    ending = {"version": version + 2, "reason": REASON}
    reloads = stand.gateway.log().count('"rules:reloaded"')
    assert ask(stand, admin, f"partners/{ENTRY['id']}/expire", "POST", ending).status == 200
    # What is held by the registry of before and let go by the new one is held again: that is another test's matter.
    wait_until(lambda: stand.gateway.log().count('"rules:reloaded"') > reloads, "the registry in force")
    assert ask(stand, admin, f"partners/{ENTRY['id']}").value["standing"] == "expired"
    assert ENTRY["id"] in [one["entry"]["id"] for one in ask(stand, admin, "partners?standing=expired").value["items"]]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"domains": ["no domain"]}, "domains"),
        ({"nonsense": 1}, "nonsense"),
        ({"review_by": "soon"}, "review_by"),
        ({"domains": ["hospitals.nhs.example"]}, "hospitals.nhs.example"),
    ],
)
def test_a_faulty_entry_changes_nothing_and_its_faults_are_named(
    stand: Stand, admin: str, entry: dict[str, object], said: str
) -> None:
    version = ask(stand, admin, "partners").value["version"]
    value = {"version": version, "reason": REASON, "entry": ENTRY | {"id": "api-faulty"} | entry}
    answer = ask(stand, admin, "partners", "POST", value)
    assert answer.status == 422
    assert said in " ".join(answer.value["detail"])
    assert ask(stand, admin, "partners").value["version"] == version
    assert ask(stand, admin, "partners/api-faulty").status == 404


def test_held_messages_are_read_masked_by_those_whose_they_are(stand: Stand, reviewer: str) -> None:
    link = stand.hold("api-read", "api.reads@nobody.example", author="api.author@council.example")
    held = waiting_for(stand, reviewer, link)
    one = ask(stand, reviewer, f"holds/{held}").value
    assert one["recipients"] == ["api.reads@nobody.example"]
    assert one["may_decide"] is True
    assert "### ### ##19" in [found["masked"] for found in one["found"]]
    assert "943 476" not in json.dumps(one)
    other = new_token(stand, "press", OTHER, "holds:read", "holds:decide")
    assert ask(stand, other, f"holds/{held}").status == 404, "another group's"
    assert (
        ask(stand, other, f"holds/{held}/release", "POST", {"version": one["version"], "reason": REASON}).status == 404
    )
    assert ask(stand, other, f"holds?text={message_of(link)}").value == {"items": [], "next": None}
    reads_only = new_token(stand, "looks", REVIEWER, "holds:read")
    wish = {"version": one["version"], "reason": REASON}
    assert ask(stand, reads_only, f"holds/{held}/release", "POST", wish).status == 403


def test_a_release_is_carried_out_by_the_gateway_and_told_as_the_next_hop_says(stand: Stand, reviewer: str) -> None:
    first, second = "api.first@nobody.example", "api.second@nobody.example"
    link = stand.hold("api-release", first, second, author="api.author2@council.example")
    held = waiting_for(stand, reviewer, link)
    version = ask(stand, reviewer, f"holds/{held}").value["version"]
    wish = {"version": version, "reason": REASON, "recipients": [first]}
    for wrong, status in (
        ({"version": "older"}, 409),
        ({"reason": "short"}, 422),
        ({"recipients": ["somebody.else@nobody.example"]}, 422),
        ({"recipients": []}, 422),
    ):
        assert ask(stand, reviewer, f"holds/{held}/release", "POST", wish | wrong).status == status, wrong
    answer = ask(stand, reviewer, f"holds/{held}/release", "POST", wish)
    assert (answer.status, answer.value) == (202, {"approvals_left": 0})
    wait_for(stand.secure, first)
    became = wait_until(
        lambda: [
            one
            for one in ask(stand, reviewer, f"holds/{held}").value["became"]
            if one["recipient"] == first and one["outcome"] != "held"
        ],
        "the reply of the next hop",
    )
    assert became[0]["outcome"] == "relayed"
    assert became[0]["detail"].startswith("250")
    assert not taken_for(stand.secure, second)
    now = ask(stand, reviewer, f"holds/{held}").value
    assert now["recipients"] == [second]
    rejection = {"version": now["version"], "reason": REASON, "code": "confidential", "note": "Please use the portal."}
    wrong = ask(stand, reviewer, f"holds/{held}/reject", "POST", rejection | {"code": "because"})
    assert wrong.status == 422
    codes = wrong.value["detail"].removeprefix("code: is one of ").split(", ")
    assert ask(stand, reviewer, f"holds/{held}/reject", "POST", rejection | {"code": codes[0]}).status == 202
    wait_until(lambda: ask(stand, reviewer, f"holds/{held}").value["state"] == "rejected", "the rejection")
    assert ("held:released", f"user:{REVIEWER}") not in stand.audit(message_of(link)), "the gateway says what it did"
    assert ("held:release_requested", f"user:{REVIEWER}") in stand.audit(message_of(link))


def test_a_hold_is_extended(stand: Stand, reviewer: str) -> None:
    link = stand.hold("api-extend", "api.waits@nobody.example", author="api.author3@council.example")
    held = waiting_for(stand, reviewer, link)
    before = ask(stand, reviewer, f"holds/{held}").value
    wish = {"version": before["version"], "reason": REASON, "days": 7}
    after = ask(stand, reviewer, f"holds/{held}/extend", "POST", wish).value
    assert after["expires_at"] > before["expires_at"]
    assert ask(stand, reviewer, f"holds/{held}/extend", "POST", wish).status == 409


def test_the_policy_is_put_in_force_with_who_and_why(stand: Stand, admin: str) -> None:
    policy = ask(stand, admin, "policy").value
    wanted = {"version": policy["version"], "reason": REASON, "text": policy["text"] + "\n# by a program\n"}
    assert ask(stand, admin, "policy", "PUT", wanted | {"text": "rules: nothing"}).status == 422
    answer = ask(stand, admin, "policy", "PUT", wanted)
    assert (answer.status, answer.value) == (200, {"version": policy["version"] + 1})
    late = ask(stand, admin, "policy", "PUT", wanted)
    assert (late.status, late.value["version"]) == (409, policy["version"] + 1)
    newest = ask(stand, admin, "policy").value
    assert (newest["author"], newest["text"]) == (f"user:{ADMIN}", wanted["text"])


def test_the_policy_is_read_and_a_draft_checked(stand: Stand, admin: str) -> None:
    policy = ask(stand, admin, "policy").value
    assert "rules:" in policy["text"]
    assert ask(stand, admin, f"policy/history/{policy['version']}").value["text"] == policy["text"]
    assert ask(stand, admin, "policy/check", "POST", {"text": policy["text"]}).value == {"faults": []}
    (fault,) = ask(stand, admin, "policy/check", "POST", {"text": "rules: [{id: 7"}).value["faults"]
    assert fault.startswith("policy.yaml:")


def test_the_record_is_read_page_by_page_and_proved(stand: Stand, auditor: str) -> None:
    everything = ask(stand, auditor, "audit?limit=200").value["items"]
    for one in everything:
        named = (one["writer"], one["n"], datetime.fromisoformat(one["at"]), one["verb"], one["actor"])
        proof = link_hash(bytes.fromhex(one["previous"]), *named, one["message_id"], one["body"])
        assert proof.hex() == one["hash"], "what is told is enough to compute the chain anew"
    found, after = [], ""
    while True:
        page = ask(stand, auditor, f"audit?limit=7{after}").value
        assert len(page["items"]) <= 7
        found += page["items"]
        if page["next"] is None or len(found) >= len(everything):
            break
        after = f"&after={page['next']}"
    assert found[: len(everything)] == everything[: len(found)]
    assert {"token:created"} == {one["verb"] for one in ask(stand, auditor, "audit?verb=token:created").value["items"]}
    proof = ask(stand, auditor, "audit/proof").value
    assert (proof["holds"], proof["problems"]) == (True, [])
    assert proof["entries"] >= len(everything)


def test_what_is_no_place_in_a_list_is_refused(stand: Stand, auditor: str) -> None:
    for after in ("x", "WzEsMiwzXQ==", "WyJhIiwiYiIsImMiXQ==", "%00"):
        assert ask(stand, auditor, f"audit?after={after}").status in (400, 422), after


def test_answers_are_kept_by_nobody_and_opened_by_no_browser(stand: Stand, auditor: str) -> None:
    headers = ask(stand, auditor, "audit").headers
    assert headers["Content-Type"].startswith("application/json")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]


def faults_of(operation: Any, token: str) -> list[str]:
    """What an operation answers with a fault of ours, of requests made of what its document says, good and bad."""
    faults: list[str] = []

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.ok().as_strategy())
    def run(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        if answer.status_code >= 500:
            faults.append(f"{case.method} {case.path}: {answer.status_code}")

    run()
    return faults


def test_nothing_that_is_sent_makes_a_fault_of_ours(stand: Stand, admin: str, auditor: str, reviewer: str) -> None:
    schema = schemathesis.openapi.from_url(f"{stand.url}/api/v1/openapi.json")
    operations = list(schema.get_all_operations())
    assert len(operations) >= 18
    for operation in operations:
        path = operation.ok().path
        token = auditor if "/audit" in path else reviewer if "/holds" in path else admin
        assert faults_of(operation, token) == []
