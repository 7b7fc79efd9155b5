"""The council's own records, from an export to a held mail: built, looked in by locked-down workers, replaced."""

from __future__ import annotations

import csv
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client_mail import COLLEAGUE, OFFICER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.hop_thread import running_hop, taken_for
from tests.support.waiting import wait_until

HOSPITAL = "ward.4@hospitals.nhs.example"
FATHER, STRANGER = "dad.of.two@gmail.com", "someone.else@gmail.com"
SAFE_HOUSE = "Please call on Liz O’Quillfeather Smith about the boiler at her new flat."
SCHOOL = "Amelia Hughes, NHS number 943 476 5919, was diagnosed with asthma in May."
BULLETIN = (
    "Colleagues will want to know that the move of the housing teams to the third floor begins on Monday. Crates are "
    "delivered on Friday morning, and every desk must be cleared by four. Parking behind the depot is closed for the "
    "week, so please use the car park in Mill Lane and allow ten minutes for the walk. Questions go to the moves desk."
)


@pytest.fixture(scope="module")
def hop() -> Iterator[FakeNextHop]:
    with running_hop() as hop:
        yield hop


@pytest.fixture(scope="module")
def gateway(hop: FakeNextHop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway with an index of 20,000 invented residents, one protected person, one father, and one bulletin."""
    folder = tmp_path_factory.mktemp("records")
    way = {"kind": "gateway", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
    routes = {"relay": way | {"kind": "relay"}, "secure": way}
    gateway = make_gateway(folder, routes, exact_match={"folder": "exact-match", "required": ["protected"]})
    _write(folder / "residents.csv", ["id", "first", "last", "born", "home", "nhs"], _residents())
    _write(folder / "relations.csv", ["email", "child"], [(FATHER, "Amelia Katherine Hughes")])
    _build(gateway, "residents", "forename=first", "surname=last", "date_of_birth=born", "postcode=home")
    _protect(gateway, "Elizabeth Anne O'Quillfeather-Smith")
    _build(gateway, "relations", "contact=email", "name=child")
    (folder / "bulletin.txt").write_text(BULLETIN, encoding="utf-8")
    added = gateway.run("fingerprints", "add", str(folder / "bulletin.txt"), "--name", "Staff news 7")
    assert added.returncode == 0, added.stderr
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


def _residents() -> Iterator[tuple[str, ...]]:
    chance = random.Random(5)
    for number in range(20_000):
        born = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1930, 2020)}"
        home = f"LS{chance.randint(1, 29)} {chance.randint(1, 9)}{chance.choice('ABDE')}{chance.choice('FGHJ')}"
        first, last = chance.choice(["Priya", "Tom", "Chloe", "Siân"]), chance.choice(["Patel", "Ward", "Nowak"])
        yield str(number), first, f"{last}{chance.choice(['', 'son', '-Hill'])}", born, home, str(chance.random())


def _write(path: Path, header: list[str], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def _build(gateway: GatewayProcess, name: str, *columns: str, more: tuple[str, ...] = ()) -> None:
    export = str(gateway.folder / f"{name}.csv")
    built = gateway.run("exact-match", "build", "--index", name, "--csv", export, "--columns", *columns, *more)
    assert built.returncode == 0, built.stderr


def _protect(gateway: GatewayProcess, *names: str) -> None:
    _write(gateway.folder / "protected.csv", ["name", "born"], [(name, "1984-03-09") for name in names])
    keys = ("--key", "name", "--key", "name+date_of_birth")
    _build(gateway, "protected", "name=name", "date_of_birth=born", more=keys)


def _sends(gateway: GatewayProcess, subject: str, body: str, to: str) -> None:
    heard = send(gateway.port, mail(subject, body, to=to), to)
    assert heard.code == 250, heard


def test_mail_about_a_protected_person_is_held_for_two_people_even_to_a_partner(
    gateway: GatewayProcess, hop: FakeNextHop
) -> None:
    before = set(gateway.held())
    _sends(gateway, "flat", SAFE_HOUSE, HOSPITAL)
    (held,) = set(gateway.held()) - before
    assert not taken_for(hop, HOSPITAL)
    shown = gateway.run("holds", "show", held)
    assert shown.returncode == 0, shown.stderr
    assert "details leave the council only after two people have looked at it" in shown.stdout


def test_mail_about_a_child_goes_to_the_father_encrypted_and_to_nobody_else(
    gateway: GatewayProcess, hop: FakeNextHop
) -> None:
    before = set(gateway.held())
    _sends(gateway, "asthma", SCHOOL, FATHER)
    assert len(taken_for(hop, FATHER)) == 1
    assert set(gateway.held()) == before
    _sends(gateway, "asthma again", SCHOOL, STRANGER)
    assert not taken_for(hop, STRANGER)
    assert len(set(gateway.held()) - before) == 1


def test_a_passage_of_a_bulletin_typed_into_a_mail_is_held(gateway: GatewayProcess, hop: FakeNextHop) -> None:
    typed = "Hi,\r\n\r\n> " + BULLETIN[90:330].upper().replace(" the ", "\r\n> the ") + "\r\n\r\nSee you there"
    before = set(gateway.held())
    _sends(gateway, "move", typed, STRANGER)
    (held,) = set(gateway.held()) - before
    assert "This is an internal communication" in gateway.run("holds", "show", held).stdout


def test_an_index_that_was_replaced_is_looked_in_after_sighup(gateway: GatewayProcess, hop: FakeNextHop) -> None:
    assert gateway.process is not None
    body = "The flat of Ranulph Zephyrlane is ready."
    _sends(gateway, "before", body, HOSPITAL)
    assert len(taken_for(hop, HOSPITAL)) == 1
    _protect(gateway, "Elizabeth Anne O'Quillfeather-Smith", "Zephyrlane, Ranulph")
    count = gateway.log().count('"rules:reloaded"')
    os.kill(gateway.process.pid, signal.SIGHUP)
    wait_until(lambda: gateway.log().count('"rules:reloaded"') > count, "the new index", seconds=60)
    _sends(gateway, "after", body, HOSPITAL)
    assert len(taken_for(hop, HOSPITAL)) == 1


def test_a_broken_index_changes_nothing_at_reload_and_stops_a_start(gateway: GatewayProcess, hop: FakeNextHop) -> None:
    assert gateway.process is not None
    path = gateway.folder / "exact-match" / "protected.index"
    good = path.read_bytes()
    try:
        # As a copy that went wrong: a file of its own, as the mapping of the running one must stay whole.
        path.unlink()
        path.write_bytes(good[:-1])
        count = gateway.log().count('"rules:reload_failed"')
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: gateway.log().count('"rules:reload_failed"') > count, "the broken index", seconds=60)
        before = set(gateway.held())
        _sends(gateway, f"still {time.monotonic()}", SAFE_HOUSE, HOSPITAL)
        assert len(set(gateway.held()) - before) == 1
        checked = gateway.run("check-config")
        assert checked.returncode == 2
        assert "protected.index: is cut short" in checked.stderr
    finally:
        path.write_bytes(good)


def test_explain_and_inspect_look_in_the_same_records(gateway: GatewayProcess) -> None:
    path = gateway.folder / "flat.eml"
    path.write_bytes(mail("flat", SAFE_HOUSE, to=COLLEAGUE))
    told = gateway.run("explain", str(path), "--from", OFFICER, "--to", HOSPITAL)
    assert "HOLD" in told.stdout
    assert "Found in the council's own records: protected." in told.stdout
    seen = gateway.run("inspect", str(path), "--json")
    assert '"indexes": ["protected"]' in seen.stdout
    assert "Quillfeather" not in seen.stdout


def test_no_record_holds_the_name(gateway: GatewayProcess) -> None:
    for path in [*gateway.folder.glob("exact-match/*"), *gateway.folder.glob("gateway.db*")]:
        octets = path.read_bytes().lower()
        assert b"quillfeather" not in octets, path
        assert b"zephyrlane" not in octets, path
