"""Revocation lists that an administrator brings: what each says of a certificate, and what none can."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from dlp_gateway.recipient_keys import KeyFault, Trust, fault_of
from dlp_gateway.recipient_keys.trust import read_lists
from tests.support.mail_certificates import MailAuthorities, pem
from tests.support.recipient_keys import NOW, key_of

HERE, THERE = (x509.UniformResourceIdentifier(f"http://lists.example/{name}.crl") for name in ("here", "there"))


def point(**said: object) -> x509.IssuingDistributionPoint:
    values = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**(values | said))  # type: ignore[arg-type]


def judged(
    authorities: MailAuthorities,
    leaf: x509.Certificate,
    *lists: bytes,
    required: bool = False,
    by_fingerprint: bool = False,
) -> KeyFault | None:
    read = tuple(one for octets in lists for one in read_lists(octets, "list.pem"))
    trust = Trust(roots=(authorities.root.certificate,), lists=read, lists_required=required)
    key = key_of(pem(leaf, authorities.mail.certificate), by_fingerprint=by_fingerprint)
    return fault_of(key, trust, NOW)


def test_a_revoked_certificate_is_refused_and_others_are_not(authorities) -> None:
    bad, good = authorities.mail.issue(), authorities.mail.issue()
    told = authorities.mail.list_of(bad)
    assert judged(authorities, bad, told) is KeyFault.REVOKED
    assert judged(authorities, good, told) is None


def test_a_list_that_is_out_of_date_still_revokes_but_clears_nobody(authorities) -> None:
    bad, good = authorities.mail.issue(), authorities.mail.issue()
    old = authorities.mail.list_of(bad, days=(-30, -1))
    assert judged(authorities, bad, old) is KeyFault.REVOKED
    assert judged(authorities, good, old) is KeyFault.OLD_REVOCATION_LIST
    assert judged(authorities, good, old, authorities.mail.list_of()) is None


def test_a_list_of_tomorrow_is_not_current(authorities) -> None:
    assert judged(authorities, authorities.mail.issue(), authorities.mail.list_of(days=(1, 7))) is (
        KeyFault.OLD_REVOCATION_LIST
    )


def test_where_lists_are_required_an_authority_without_one_is_not_believed(authorities) -> None:
    leaf = authorities.mail.issue()
    assert judged(authorities, leaf) is None
    assert judged(authorities, leaf, required=True) is KeyFault.NO_REVOCATION_LIST
    assert judged(authorities, leaf, authorities.mail.list_of(), required=True) is KeyFault.NO_REVOCATION_LIST
    both = (authorities.mail.list_of(), authorities.root.list_of())
    assert judged(authorities, leaf, *both, required=True) is None


def test_a_revoked_authority_vouches_for_nobody(authorities) -> None:
    leaf = authorities.mail.issue()
    assert judged(authorities, leaf, authorities.root.list_of(authorities.mail.certificate)) is KeyFault.REVOKED


def test_a_compared_fingerprint_does_not_undo_a_revocation(authorities) -> None:
    leaf = authorities.mail.issue()
    assert judged(authorities, leaf, authorities.mail.list_of(leaf), by_fingerprint=True) is KeyFault.REVOKED


def test_a_list_that_the_authority_did_not_sign_says_nothing(authorities) -> None:
    leaf = authorities.mail.issue()
    forged = authorities.mail.list_of(leaf, signed_by=ec.generate_private_key(ec.SECP256R1()))
    assert judged(authorities, leaf, forged) is None
    clears_nobody = authorities.mail.list_of(signed_by=ec.generate_private_key(ec.SECP256R1()))
    assert judged(authorities, leaf, clears_nobody, required=True) is KeyFault.NO_REVOCATION_LIST


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"full_name": [HERE]}, KeyFault.REVOKED),
        ({"only_contains_user_certs": True}, KeyFault.REVOKED),
        ({"full_name": [THERE]}, None),
        ({"only_contains_ca_certs": True}, None),
        ({"only_contains_attribute_certs": True}, None),
        ({"indirect_crl": True, "full_name": [HERE]}, None),
        ({"only_some_reasons": frozenset([x509.ReasonFlags.key_compromise]), "full_name": [HERE]}, None),
    ],
)
def test_a_list_of_a_part_speaks_of_that_part_only(authorities, said, why) -> None:
    """An authority that splits its lists would else clear whom it says nothing of."""
    named = x509.CRLDistributionPoints([x509.DistributionPoint([HERE], None, None, None)])
    leaf = authorities.mail.issue(more=[(named, False)])
    told = authorities.mail.list_of(leaf, point=point(**said))
    assert judged(authorities, leaf, told) is why


def test_lists_come_as_pem_or_der_and_several_in_one_file(authorities) -> None:
    one, two = authorities.mail.list_of(), authorities.root.list_of()
    assert len(read_lists(b"a remark\n" + one + two, "lists.pem")) == 2
    (der,) = read_lists(x509.load_pem_x509_crl(one).public_bytes(Encoding.DER), "list.crl")
    assert der.name == "list.crl"
    assert der.is_current(NOW)


@pytest.mark.parametrize("octets", [b"", b"nothing", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
def test_a_file_without_a_list_is_a_fault(octets) -> None:
    with pytest.raises(ValueError, match="holds no revocation list"):
        read_lists(octets, "list.pem")
