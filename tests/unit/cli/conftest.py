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
from dlp_gateway.errors import Fault
from tests.support import shipped_rules
from tests.support.untraced import untraced
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
    nothing_registered = not records.indexes and records.documents is None
    if nothing_registered and shipped_rules.find_alike(texts):
        return shipped_rules.inspector(names=names)._detector
    with untraced():
        return _UntracedExamples(texts, names=names, fingerprint_key=fingerprint_key, records=records)


class _UntracedExamples(Detector):
    """`tests/unit/detect` measures what runs here four thousand times."""

    def check_examples(self) -> list[Fault]:
        with untraced():
            return super().check_examples()


@pytest.fixture(autouse=True)
def shipped_detector_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To make a detector takes seconds, and that of the shipped rules is the same for all tests; so are its examples,
    four thousand."""
    shipped = shipped_rules.inspector(names=False)._detector  # made before its own detector is replaced
    monkeypatch.setattr(shipped, "check_examples", lambda: list(shipped_rules.faults_of_examples()))
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
