"""Indexes of the council's own records and of its registered documents, as files: built, written, opened.

`build.py` turns records (`records.py`, as `mapping.py` says) into the keys of `detect/index_table.py`, `write.py` sorts
and writes them, `open.py` maps the files for looking up, `register.py` keeps the registered documents. What a key is,
and how a text is looked up, is in `detect`.
"""

from .build import Report, build_index
from .open import INDEX_SUFFIX, REGISTER, index_path, open_index, open_records
from .register import LEAST_WORDS, Registration, fingerprinted, made_with, registered_documents, write_register

__all__ = [
    "INDEX_SUFFIX",
    "LEAST_WORDS",
    "REGISTER",
    "Registration",
    "Report",
    "build_index",
    "fingerprinted",
    "index_path",
    "made_with",
    "open_index",
    "open_records",
    "registered_documents",
    "write_register",
]
