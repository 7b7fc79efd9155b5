"""A command's run in this process, and what it said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlp_gateway import inspection
from dlp_gateway.cli import check_config, explain, fingerprints, inspect, main
from dlp_gateway.detect.detector import Detector
from dlp_gateway.detect.records.index_table import NOTHING_REGISTERED, CouncilRecords
from dlp_gateway.detect.ruleset import LEXICONS, RECOGNISERS
from tests.support import shipped_rules
from tests.support.workers_here import workers_here


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[[Sequence[str | Path]], Ran]


@pytest.fixture
def run(
    logged_as_before: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Runs a command as in a folder without a configuration; usage errors and --help are exit codes, too."""
    monkeypatch.delenv("DLP_GATEWAY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(words: Sequence[str | Path]) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        said = capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err)

    return run


def _detector(
    texts: Mapping[str, str], *, names: bool, fingerprint_key: bytes, records: CouncilRecords = NOTHING_REGISTERED
) -> Detector:
    ours, shipped = (
        {name: text for name, text in given.items() if name.startswith((RECOGNISERS, LEXICONS))}
        for given in (texts, shipped_rules.texts())
    )
    if ours == shipped and records is NOTHING_REGISTERED:
        return shipped_rules.inspector(names=names)._detector
    return Detector(texts, names=names, fingerprint_key=fingerprint_key, records=records)


@pytest.fixture(autouse=True)
def shipped_detector_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To make a detector takes seconds, and that of the shipped rules is the same for all tests."""
    shipped_rules.inspector(names=False)  # made before its own detector is replaced
    monkeypatch.setattr(check_config, "Detector", _detector)
    monkeypatch.setattr(inspection, "Detector", _detector)


@pytest.fixture
def real_workers() -> None:
    """For a test whose commands start real worker processes."""


@pytest.fixture(autouse=True)
def workers_are_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_workers" not in request.fixturenames:
        for command in (explain, fingerprints, inspect):
            monkeypatch.setattr(command, "worker_pool", workers_here)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose workers start quickly: one, without the language model."""
    path = tmp_path / "quick.yaml"
    path.write_text("workers: {count: 1, names: false}\nkeys: {folder: keys}\n", encoding="utf-8")
    return path
