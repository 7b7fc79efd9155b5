"""`exact-match`: build, show and try indexes of the council's own records (docs/exact-match.md)."""

from __future__ import annotations

import argparse
import time
from contextlib import AbstractContextManager
from pathlib import Path

from ..config import Config
from ..detect.records.index_table import KeyMaker
from ..errors import ConfigError, Fault
from ..exact_index import Report, build_index, index_path, open_records
from ..exact_index.mapping import RecordMapping, load_mapping, mapping_of
from ..exact_index.records import Records, csv_records, sql_records
from ..keys import load_keys
from .settings import required_config
from .workers import show_progress

_MIB = 2**20
_RELOAD = "A running gateway looks in it from its next reload on (SIGHUP, or `systemctl reload dlp-gateway`)."


def add_to(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="ACTION", required=True)
    build = commands.add_parser("build", parents=[common], help="make an index, in place of the one of that name")
    build.add_argument("--index", required=True, metavar="NAME", help="its name, as rules say it: protected")
    source = build.add_mutually_exclusive_group(required=True)
    source.add_argument("--csv", metavar="FILE", help="CSV file whose first row names the columns")
    source.add_argument("--sql", metavar="URL", help="sqlite:///PATH or postgresql://user@host/database")
    build.add_argument("--query", metavar="SQL", help="the query, with --sql; @FILE reads it from a file")
    what = build.add_mutually_exclusive_group(required=True)
    what.add_argument("--mapping", metavar="YAML", help="file that says which column is what, and the keys")
    what.add_argument(
        "--columns",
        metavar="FIELD=COLUMN",
        nargs="+",
        help="contact, name, forename, surname, date_of_birth, postcode, phone, email, reference",
    )
    build.add_argument(
        "--key", metavar="FIELD+FIELD", dest="keys", action="append", default=[], help="with --columns; may be repeated"
    )
    build.add_argument("--encoding", default="utf-8-sig", help="of the CSV file (default: UTF-8)")
    build.add_argument("--delimiter", help="of the CSV file (default: what its first row has most of)")
    build.add_argument("--shrink", action="store_true", help="also with less than half the records of before")
    build.set_defaults(run=_build)
    listing = commands.add_parser("list", parents=[common], help="the indexes that there are")
    listing.set_defaults(run=_list)


def records_folder(config: Config) -> Path:
    """Where indexes and the register lie. Raises ConfigError where the configuration wants none."""
    if config.exact_match.folder is None:
        text = "exact_match.folder: names no folder, so there is nowhere to keep what is registered"
        raise ConfigError([Fault(file="configuration", text=text)])
    return config.exact_match.folder


def _build(options: argparse.Namespace) -> int:
    config = required_config(options)
    maker = KeyMaker(load_keys(config.keys.folder).fingerprint)
    path = index_path(records_folder(config), options.index)
    mapping = _mapping(options)
    started = time.monotonic()
    try:
        with _records(options) as records:
            report = build_index(path, records, mapping, maker, shrink=options.shrink, progress=_progress)
    except OSError as error:
        raise ConfigError([Fault(file=str(path), text=f"can't be written ({error.strerror})")]) from None
    finally:
        show_progress("")
    _tell(options.index, report, time.monotonic() - started)
    return 0


def _mapping(options: argparse.Namespace) -> RecordMapping:
    if options.mapping is None:
        return mapping_of(options.columns, options.keys)
    if options.keys:
        raise ConfigError([Fault(file="--key", text="goes with --columns; a mapping file names its keys itself")])
    return load_mapping(Path(options.mapping))


def _records(options: argparse.Namespace) -> AbstractContextManager[Records]:
    if options.csv is not None:
        if options.query is not None:
            raise ConfigError([Fault(file="--query", text="goes with --sql")])
        if options.delimiter is not None and len(options.delimiter) != 1:
            raise ConfigError([Fault(file="--delimiter", text=f"“{options.delimiter}” is not one character")])
        return csv_records(Path(options.csv), encoding=options.encoding, delimiter=options.delimiter)
    if options.query is None:
        raise ConfigError([Fault(file="--sql", text="needs --query, the words of a SELECT")])
    return sql_records(options.sql, _query(options.query))


def _query(words: str) -> str:
    if not words.startswith("@"):
        return words
    try:
        return Path(words[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError([Fault(file=words[1:], text="can't be read as UTF-8 text")]) from None


def _progress(rows: int) -> None:
    show_progress(f"{rows:,} records read")


def _tell(name: str, report: Report, seconds: float) -> None:
    keys = ", ".join("+".join(kinds) for kinds in report.kinds)
    print(
        f"Index “{name}”: {report.records:,} recorded, {report.entries:,} entries, "
        f"{report.size_bytes / _MIB:.1f} MiB, {seconds:.0f} s. Keys: {keys}."
    )
    for field, count in sorted(report.left_out.items()):
        if count:
            print(f"  left out: {count:,} values of {field} that are none, or too short to tell people apart")
    if report.empty:
        print(f"  left out: {report.empty:,} records without a whole key")
    print(_RELOAD)


def _list(options: argparse.Namespace) -> int:
    config = required_config(options)
    records = open_records(records_folder(config), load_keys(config.keys.folder).fingerprint)
    for name, table in sorted(records.indexes.items()):
        keys = ", ".join(sorted("+".join(kinds) for kinds in table.kinds))
        print(f"{name:<20} {table.records:>10,} recorded  built {table.built_at}  keys: {keys}")
    if not records.indexes:
        print("There are no indexes.")
    return 0
