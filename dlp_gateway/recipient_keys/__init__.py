"""Whose keys we encrypt to: recipients' S/MIME certificates and OpenPGP keys, and whether they may be used. Pure.

`read_key` says what a file holds, `fault_of` why a key can't be used, `KeyRing` finds a recipient's key, `keys_due`
says which will end. Nothing here trusts a key: that is an administrator's act (`cli/keys.py`), kept by the store.
"""

from .due import NO_WORRY, KeyDue, count_by_state, keys_due, stage_of, state_of
from .judge import fault_of, names_of, read_key, without_list
from .ring import KeyRing, NoKey
from .trust import Trust
from .values import FAULT_WORDS, MAX_KEY_BYTES, KeyFault, KeyKind, KeyRead, RecipientKey, UnreadableKeyError
from .whose import whose

__all__ = [
    "KeyRing",
    "NoKey",
    "RecipientKey",
    "KeyKind",
    "KeyFault",
    "FAULT_WORDS",
    "fault_of",
    "without_list",
    "read_key",
    "names_of",
    "KeyRead",
    "UnreadableKeyError",
    "MAX_KEY_BYTES",
    "Trust",
    "whose",
    "KeyDue",
    "keys_due",
    "stage_of",
    "state_of",
    "NO_WORRY",
    "count_by_state",
]
