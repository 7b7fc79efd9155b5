"""Indexes of the council's own records and of its registered documents, as files: built, written, opened.

`build.py` turns records (`records.py`, as `mapping.py` says) into the keys of `detect/index_table.py`, `write.py` sorts
and writes them, `open.py` maps the files for looking up, `register.py` keeps the registered documents. What a key is,
and how a text is looked up, is in `detect`.
"""

from .build import Report, build_index
from .open import INDEX_SUFFIX, REGISTER, index_path, open_index, open_records
from .register import Registration, add_documents, registered_documents, remove_documents

__all__ = [
    "INDEX_SUFFIX",
    "REGISTER",
    "Registration",
    "Report",
    "add_documents",
    "build_index",
    "index_path",
    "open_index",
    "open_records",
    "registered_documents",
    "remove_documents",
]
