"""A database with the schema and nothing in it, made once for all tests of a process: migrations take a second."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from dlp_gateway.config import Config
from dlp_gateway.keys import Keys
from dlp_gateway.store import Store
from tests.support.untraced import untraced

_KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"f" * 32, mark=b"m" * 32)  # nothing is sealed


def put_migrated_database(folder: Path) -> None:
    """Put such a database into a folder, as `gateway.db`."""
    shutil.copy(_template(), folder / "gateway.db")


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Config().store.model_copy(update={"url": f"sqlite:///{folder / 'gateway.db'}", "spool": folder})
    with untraced():
        Store.open(settings, _KEYS, gateway_id="template", role="cli").close()
    return folder / "gateway.db"
