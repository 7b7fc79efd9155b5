"""`fingerprints`: the register of documents whose passages must not go out unseen (docs/exact-match.md)."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from mimetypes import guess_type
from pathlib import Path

from ..config import Config
from ..detect.normalise import canonical
from ..detect.records.documents import COMMON, words_of
from ..detect.records.index_table import KeyMaker
from ..errors import ConfigError, Fault
from ..exact_index import Registration, add_documents, registered_documents, remove_documents
from ..keys import load_keys
from ..model import Area, Extraction
from .exact_match import records_folder
from .mail_files import printable
from .settings import required_config, rules_in_force
from .workers import worker_pool

_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PARTNER = "partner"


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="ACTION", required=True)
    add = commands.add_parser("add", parents=[common], help="register documents; their text is not kept")
    add.add_argument("paths", nargs="+", metavar="FILE", help="a document of any type that the gateway reads")
    add.add_argument(
        "--kind",
        default="internal",
        help=f"as rules say it: internal (default), {_PARTNER}, a word of your own; {COMMON} for what never counts",
    )
    add.add_argument("--partner", metavar="ID", help=f"whose content it is, with --kind {_PARTNER}")
    add.add_argument("--name", help="what reviewers are told that it is (default: the name of the file)")
    add.set_defaults(run=_add, rules=None)
    listing = commands.add_parser("list", parents=[common], help="what is registered")
    listing.set_defaults(run=_list)
    remove = commands.add_parser("remove", parents=[common], help="take documents off the register")
    remove.add_argument("ids", nargs="+", metavar="ID", help="as `fingerprints list` shows it")
    remove.set_defaults(run=_remove)


def _add(options: argparse.Namespace) -> int:
    config = required_config(options)
    maker = KeyMaker(load_keys(config.keys.folder).fingerprint)
    paths = [Path(name) for name in options.paths]
    _check(options, paths)
    read = asyncio.run(_read(config, rules_in_force(options, config), paths))
    new = [
        Registration(name=options.name or path.name, kind=options.kind, partner=options.partner, words=words)
        for path, words in zip(paths, read, strict=True)
    ]
    for document in add_documents(records_folder(config), maker, new):
        print(f"{document.id}  {document.kind:<10} {document.words:>7,} words  {printable(document.name)}")
    print("A running gateway knows it from its next reload on (SIGHUP, or `systemctl reload dlp-gateway`).")
    return 0


def _check(options: argparse.Namespace, paths: Sequence[Path]) -> None:
    faults = [Fault(file=str(path), text="is no file") for path in paths if not path.is_file()]
    if not _KIND.fullmatch(options.kind):
        text = f"“{options.kind}” is no kind; use small letters, digits and hyphens"
        faults.append(Fault(file="--kind", text=text))
    if (options.kind == _PARTNER) != (options.partner is not None):
        faults.append(Fault(file="--partner", text=f"goes with --kind {_PARTNER}, and that needs it"))
    if options.name is not None and len(paths) > 1:
        faults.append(Fault(file="--name", text="names one document; register them one after the other"))
    if faults:
        raise ConfigError(faults)


async def _read(config: Config, texts: Mapping[str, str], paths: Sequence[Path]) -> list[list[str]]:
    """The words of each document, read by the same processes that read mail: a document may be hostile."""
    read = []
    async with worker_pool(config, texts) as pool:
        for path in paths:
            extraction = await pool.passages(_as_mail(path))
            if extraction.gaps:
                text = f"could not be read whole: {extraction.gaps[0].detail}"
                raise ConfigError([Fault(file=str(path), text=text)])
            read.append(_words(extraction))
    return read


def _as_mail(path: Path) -> bytes:
    """A mail with the document attached: documents are read as what is attached to mail, and in no other way."""
    message = EmailMessage(policy=SMTP)
    main, _, sub = (guess_type(path.name)[0] or "application/octet-stream").partition("/")
    message.set_content("")
    if main in ("message", "multipart"):
        main, sub = "application", "octet-stream"
    message.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=path.name)
    return message.as_bytes()


def _words(extraction: Extraction) -> list[str]:
    shown = [p for p in extraction.passages if p.area is Area.ATTACHMENT and "properties" not in p.place]
    return [word for passage in shown for word in words_of(canonical(passage.text).text)]


def _list(options: argparse.Namespace) -> int:
    config = required_config(options)
    documents = registered_documents(records_folder(config), KeyMaker(load_keys(config.keys.folder).fingerprint))
    for document in sorted(documents, key=lambda d: (d.kind, d.name)):
        whose = f" of {printable(document.partner)}" if document.partner else ""
        print(
            f"{document.id}  {document.kind}{whose:<10} {document.words:>7,} words  {document.added_at}  "
            f"{printable(document.name)}"
        )
    if not documents:
        print("No document is registered.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    config = required_config(options)
    maker = KeyMaker(load_keys(config.keys.folder).fingerprint)
    for document in remove_documents(records_folder(config), maker, set(options.ids)):
        print(f"removed {document.id}  {document.kind}  {printable(document.name)}")
    return 0
