from __future__ import annotations

from random import Random

import pytest

from bench.accuracy.disguises import NORMALISE
from bench.accuracy.encodings import DECODE
from bench.accuracy.identifiers import KINDS, Kind, value_of
from bench.accuracy.variants import measure, summed, variants
from dlp_gateway.detect import checks
from tests.support.untraced import untraced

CHECKS = {
    "UK_NHS": checks.nhs_mod_11,
    "UK_NINO": checks.nino,
    "UK_UTR": checks.utr,
    "UK_UPN": checks.upn,
    "UK_ULN": checks.uln,
    "UK_DRIVING_LICENCE": checks.driving_licence,
    "UK_VEHICLE_REGISTRATION": checks.vehicle_registration,
    "UK_POSTCODE": checks.postcode,
    "CREDIT_CARD": checks.luhn,
    "IBAN_CODE": checks.iban,
}


@pytest.mark.parametrize("kind", [k for k in KINDS if k.entity in CHECKS], ids=lambda kind: kind.entity)
def test_invented_identifiers_pass_the_check_of_their_kind(kind: Kind):
    chance = Random(kind.entity)
    for _ in range(50):
        written = value_of(kind, chance).written
        compact = "".join(c for c in written if c.isalnum())
        assert CHECKS[kind.entity](written if kind.entity == "UK_POSTCODE" else compact), written


def made(name: str, entity: str, seed: int = 1) -> str | None:
    way = next(way for way in (*NORMALISE, *DECODE) if way.name == name)
    kind = next(kind for kind in KINDS if kind.entity == entity)
    chance = Random(seed)
    return way.make(value_of(kind, chance), chance)


def test_a_disguise_hides_the_written_form_of_every_entity_that_it_suits():
    for kind in KINDS:
        for way in (*NORMALISE, *DECODE):
            value = value_of(kind, Random(5))
            disguised = way.make(value, Random(6))
            if disguised is not None and way.name not in ("groups of two", "plain in a URL", "dashes of all kinds"):
                assert value.written not in disguised, (kind.entity, way.name)


def test_a_way_that_would_change_nothing_is_left_out():
    assert made("ROT13", "UK_NHS") is None
    assert made("Cyrillic letters", "UK_UTR") is None
    assert made("dots", "EMAIL_ADDRESS") is None


def test_sort_code_and_account_are_disguised_each_by_itself():
    disguised = made("dots", "UK_BANK_ACCOUNT")
    assert disguised is not None
    assert ", account " in disguised


def test_the_same_variants_are_made_each_time_and_others_are_sealed():
    with untraced():
        of_development = [v.octets() for v in variants("development", draws=1)]
        again = [v.octets() for v in variants("development", draws=1)]
        sealed = {v.octets() for v in variants("sealed")}
    assert of_development == again
    assert len(sealed & set(of_development)) < len(sealed) / 50  # of a few values, two draws may be the same
    assert len(of_development) > 700


def test_only_a_finding_of_the_right_entity_counts():
    chosen = [v for v in variants("development", draws=1) if v.kind == "plain" and v.entity in ("UK_NHS", "UK_UTR")]
    shares, missed = measure(lambda _: frozenset({"UK_NHS", "PERSON"}), chosen)
    assert {key[2]: share.found for key, share in shares.items()} == {"UK_NHS": 1, "UK_UTR": 0}
    assert summed(shares, 0)[("plain",)] == (1, 2)
    assert len(missed) == 1
    assert "UK_UTR" in missed[0]
