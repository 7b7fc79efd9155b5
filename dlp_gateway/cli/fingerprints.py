"""`fingerprints`: the register of documents whose passages must not go out unseen (docs/exact-match.md)."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..config import Config
from ..detect.records.documents import COMMON
from ..detect.records.index_table import KeyMaker
from ..document_register import bring_up, is_usable, new_document, read_document
from ..errors import ConfigError, Fault
from ..keys import load_keys
from ..store import DecidedError, Store
from .exact_match import records_folder
from .mail_files import printable
from .settings import rules_in_force, run_in_store, who
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
    add.set_defaults(run=lambda options: run_in_store(options, _add), rules=None)
    listing = commands.add_parser("list", parents=[common], help="what is registered")
    listing.set_defaults(run=lambda options: run_in_store(options, _list))
    remove = commands.add_parser("remove", parents=[common], help="take documents off the register")
    remove.add_argument("ids", nargs="+", metavar="ID", help="as `fingerprints list` shows it")
    remove.add_argument("--reason", default="", help="kept in the record")
    remove.set_defaults(run=lambda options: run_in_store(options, _remove))


async def _add(options: argparse.Namespace, config: Config, store: Store) -> int:
    maker, folder = _maker(config), records_folder(config)
    paths = [Path(name) for name in options.paths]
    _check(options, paths)
    new = []
    faults: list[Fault] = []
    for path, words in zip(paths, await _read(config, rules_in_force(options, config), paths), strict=True):
        try:
            new.append(
                new_document(
                    maker,
                    words,
                    name=options.name or path.name,
                    kind=options.kind,
                    partner=options.partner,
                    by=who(),
                )
            )
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    await store.documents.add(new)
    await bring_up(store, folder, maker)
    for document in new:
        print(f"{document.id}  {document.kind:<10} {document.words:>7,} words  {printable(document.name)}")
    print("A running gateway knows it within seconds.")
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


async def _read(config: Config, texts: Mapping[str, str], paths: Sequence[Path]) -> list[Sequence[str]]:
    """The words of each document."""
    words = []
    async with worker_pool(config, texts) as pool:
        for path in paths:
            read = await read_document(pool, path.name, path.read_bytes())
            if read.gap is not None:
                raise ConfigError([Fault(file=str(path), text=f"could not be read whole: {read.gap.detail}")])
            words.append(read.words)
    return words


def _maker(config: Config) -> KeyMaker:
    return KeyMaker(load_keys(config.keys.folder).fingerprint)


async def _list(_options: argparse.Namespace, config: Config, store: Store) -> int:
    maker = _maker(config)
    await bring_up(store, records_folder(config), maker)
    documents = [one for one in await store.documents.all() if not one.is_removed]
    for document in sorted(documents, key=lambda d: (d.kind, d.name, d.version)):
        whose = f" of {printable(document.partner)}" if document.partner else ""
        useless = "" if is_usable(maker, document) else "  (register it again: of another key or version)"
        print(
            f"{document.id}  {document.kind}{whose:<10} {document.words:>7,} words  "
            f"{document.added_at.isoformat(timespec='seconds')}  {printable(document.name)}{useless}"
        )
    if not documents:
        print("No document is registered.")
    return 0


async def _remove(options: argparse.Namespace, config: Config, store: Store) -> int:
    maker, folder = _maker(config), records_folder(config)
    await bring_up(store, folder, maker)
    try:
        removed = await store.documents.remove(options.ids, by=who(), reason=options.reason)
    except DecidedError as error:
        text = "no document has this id; `fingerprints list` shows them"
        raise ConfigError([Fault(file=str(error), text=text)]) from None
    await bring_up(store, folder, maker)
    for document in removed:
        print(f"removed {document.id}  {document.kind}  {printable(document.name)}")
    return 0
