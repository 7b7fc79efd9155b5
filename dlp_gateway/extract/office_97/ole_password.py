"""Documents that a password or rights management protects: said as a gap, or read where everybody can.

Excel protects a workbook that is only to be opened read-only with a password that is always the same
([MS-OFFCRYPTO] 2.4.2.3), and opens it without asking: every recipient reads it, and so do we.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from contextlib import suppress

# All of it is loaded here: a locked-down reader can't load anything later.
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.common import _parse_header_RC4CryptoAPI as parse_crypto_api
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.format.ooxml import _parseinfo_agile as parse_agile
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
from msoffcrypto.method.xor_obfuscation import DocumentXOR

from ...model import GapReason
from ..source import Inner, Item, Source, Tools
from .compound import Storage
from .compound_writer import write_compound

_EVERYBODYS = "VelvetSweatshop"
_XOR, _RC4 = 0, 1
_BLOCK = 1024  # [MS-XLS] 2.2.10: octets under one key
_BOUND_SHEET = 0x0085
# [MS-XLS] 2.2.10: these stay as they are.
_PLAIN_RECORDS = frozenset((0x0809, 0x002F, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138))
_SPINS = re.compile(rb'spinCount="(\d{1,9})"')
_MOST_SPINS = 200_000  # Office uses 100,000; the time to try the password grows with it
_LONGEST_INFO = 65_536
_FAULTS = (DecryptionError, FileFormatError, InvalidKeyError, ValueError, IndexError, KeyError, TypeError, struct.error)

# What they load at the first use is loaded by using them.
DocumentRC4.verifypw("", bytes(16), bytes(16), bytes(16))
with suppress(IndexError):  # since there is nothing in it
    parse_agile(io.BytesIO(bytes(8) + b"<a/>"))

WITH_PASSWORD = "an Office document with a password"  # noqa: S105  # words of a gap
WITH_RIGHTS = "an Office document whose reading is restricted by rights management"


def read_protected(source: Source, root: Storage, tools: Tools) -> Iterator[Item] | None:
    """The document of a package that everybody can open, or a gap; None where nothing protects the whole file."""
    if "EncryptedPackage" in root:
        return _package(source, root, tools)
    if "\x09DRMContent" in root or "\x09DRMViewerContent" in root:
        return iter([source.gap(GapReason.ENCRYPTED, WITH_RIGHTS)])
    return None


def _package(source: Source, root: Storage, tools: Tools) -> Iterator[Item]:
    if _has_rights(root):
        yield source.gap(GapReason.ENCRYPTED, WITH_RIGHTS)
        return
    package = _decrypted(root.read("EncryptionInfo"), root.read("EncryptedPackage"))
    if package is None:
        yield source.gap(GapReason.ENCRYPTED, WITH_PASSWORD)
        return
    tools.meter.expand(len(package))
    yield Inner(name="document", octets=package, listed=False)


def _has_rights(root: Storage) -> bool:
    """[MS-OFFCRYPTO] 2.2.5: how the package was transformed stands in a storage of its own."""
    spaces = root.folder("\6DataSpaces")
    transforms = spaces.folder("TransformInfo") if spaces is not None else None
    return transforms is not None and any("DRM" in name for name in transforms.storages)


def _decrypted(info: bytes, package: bytes) -> bytes | None:
    spins = _SPINS.findall(info)
    if len(info) > _LONGEST_INFO or b"<!" in info or any(int(count) > _MOST_SPINS for count in spins):
        return None
    # Only these two streams go to the library: it need not read what a stranger wrote around them.
    file = io.BytesIO(write_compound({"EncryptionInfo": info, "EncryptedPackage": package}))
    plain = io.BytesIO()
    try:
        document = OOXMLFile(file)
        document.load_key(password=_EVERYBODYS, verify_password=True)
        document.decrypt(plain)
    except _FAULTS:
        return None
    return plain.getvalue()


def open_workbook(stream: bytes, file_pass: bytes, password: str = _EVERYBODYS) -> bytes | None:
    """The workbook stream without its encryption ([MS-XLS] 2.2.10), None where the password is another.
    `file_pass` is the body of its FilePass record (2.4.117)."""
    try:
        if struct.unpack_from("<H", file_pass)[0] == _XOR:
            verifier = struct.unpack_from("<H", file_pass, 4)[0]
            return _without_xor(stream, password) if DocumentXOR.verifypw(password, verifier) else None
        opened = _without_rc4(stream, file_pass, password)
    except _FAULTS:
        return None
    return _with_plain_records(stream, opened) if opened is not None else None


def _without_rc4(stream: bytes, file_pass: bytes, password: str) -> bytes | None:
    kind, major, minor = struct.unpack_from("<HHH", file_pass)
    if kind != _RC4:
        return None
    if (major, minor) == (1, 1):
        salt, verifier, verifier_hash = struct.unpack_from("<16s16s16s", file_pass, 6)
        if not DocumentRC4.verifypw(password, salt, verifier, verifier_hash):
            return None
        return bytes(DocumentRC4.decrypt(password, salt, io.BytesIO(stream), blocksize=_BLOCK).read())
    info = parse_crypto_api(io.BytesIO(file_pass[6:]))
    secrets = (info["salt"], info["keySize"])
    if not DocumentRC4CryptoAPI.verifypw(password, *secrets, info["encryptedVerifier"], info["encryptedVerifierHash"]):
        return None
    return bytes(DocumentRC4CryptoAPI.decrypt(password, *secrets, io.BytesIO(stream), blocksize=_BLOCK).read())


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Type, start and end of the body of each record."""
    position = 0
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        end = min(position + 4 + size, len(stream))
        yield kind, position + 4, end
        position = end


def _with_plain_records(stream: bytes, opened: bytes) -> bytes:
    """The key runs over headers and records that were never encrypted too: these are put back."""
    made = bytearray(opened)
    for kind, start, end in _records(stream):
        plain_end = end if kind in _PLAIN_RECORDS else min(start + 4, end) if kind == _BOUND_SHEET else start
        made[start - 4 : plain_end] = stream[start - 4 : plain_end]
    return bytes(made)


def _without_xor(stream: bytes, password: str) -> bytes:
    """[MS-OFFCRYPTO] 2.3.7.3: each octet is combined with one of sixteen and turned by five bits."""
    key = DocumentXOR.create_xor_array_method1(password)
    turned = bytes((value >> 5 | value << 3) & 0xFF for value in range(256))
    made = bytearray(stream)
    for kind, start, end in _records(stream):
        first = min(start + 4, end) if kind == _BOUND_SHEET else start
        if kind in _PLAIN_RECORDS or first >= end:
            continue
        shift = (first + end - start) % 16
        pad = bytes(key[(shift + number) % 16] for number in range(16)) * ((end - first) // 16 + 1)
        mixed = int.from_bytes(stream[first:end], "big") ^ int.from_bytes(pad[: end - first], "big")
        made[first:end] = mixed.to_bytes(end - first, "big").translate(turned)
    return bytes(made)
