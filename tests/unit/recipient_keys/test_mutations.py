"""Keys with some octets changed: whatever comes of it, it is an answer in our words."""

from __future__ import annotations

import random
import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pysequoia import Tsk

from dlp_gateway.recipient_keys import KeyFault, Trust, UnreadableKeyError, fault_of, without_list
from dlp_gateway.recipient_keys.trust import read_lists
from tests.support.mail_certificates import MailAuthorities, pem
from tests.support.recipient_keys import NOW, key_of

ROUNDS = 250


def changed(octets: bytes, chance: random.Random) -> bytes:
    """With one to five octets replaced, removed or put in."""
    made = bytearray(octets)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(made))
        match chance.randrange(3):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                del made[at : at + chance.randrange(1, 9)]
            case _:
                made[at:at] = chance.randbytes(chance.randrange(1, 9))
    return bytes(made)


@pytest.mark.parametrize("form", ["openpgp", "armoured", "pem", "der"])
def test_a_changed_key_is_refused_in_words_or_judged(authorities: MailAuthorities, form: str) -> None:
    """The libraries raise many errors, and their texts are not for logs."""
    cert, leaf = Tsk.generate("Jo <jo@partner.example>").extract_certificate(), authorities.mail.issue()
    octets = {
        "openpgp": bytes(cert),
        "armoured": str(cert).encode(),
        "pem": pem(leaf, authorities.mail.certificate),
        "der": leaf.public_bytes(Encoding.DER),
    }[form]
    chance, trust = random.Random(form), Trust(roots=(authorities.root.certificate,))
    refused: list[str] = []
    for _ in range(ROUNDS):
        try:
            key = key_of(changed(octets, chance), by_fingerprint=True)
        except UnreadableKeyError as error:
            refused.append(str(error))
        else:
            assert fault_of(key, trust, NOW) in (None, *KeyFault)
            assert without_list(key, trust, NOW) in (True, False)
    assert 0 < len(refused) < ROUNDS, "both ways were gone"
    assert [text for text in refused if not re.fullmatch(r"[a-z][^\n]{0,120}", text)] == []


def test_a_changed_revocation_list_clears_nobody(authorities: MailAuthorities) -> None:
    leaf = authorities.mail.issue()
    key = key_of(pem(leaf, authorities.mail.certificate))
    octets, chance = authorities.mail.list_of(leaf), random.Random("list")
    roots = (authorities.root.certificate,)
    for _ in range(ROUNDS):
        try:
            lists = read_lists(changed(octets, chance), "list.pem")
        except ValueError:
            continue
        trust = Trust(roots=roots, lists=(*lists, *read_lists(authorities.root.list_of(), "root")), lists_required=True)
        assert fault_of(key, trust, NOW) is not None
