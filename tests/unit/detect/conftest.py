from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.model import Area, AskNames, Controls, Detection, Passage, Question
from tests.support import shipped_rules

RULES = Path(__file__).parents[3] / "rules"


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    folders = ("recognisers", "lexicons")
    return {f"{f}/{p.name}": p.read_text(encoding="utf-8") for f in folders for p in sorted((RULES / f).glob("*.yaml"))}


@pytest.fixture(scope="session")
def by_rule() -> Detector:
    """A detector without the language model and the model of references."""
    return shipped_rules.of_rules_alone()._detector


@pytest.fixture(scope="session")
def with_model() -> Detector:
    return shipped_rules.inspector(names=True)._detector


Detect = Callable[..., Detection]


@pytest.fixture
def detect(by_rule: Detector) -> Detect:
    """Detect in one mail of Jane Doe's, without the language model."""

    def run(body: str, *, detector: Detector = by_rule, **more: object) -> Detection:
        return detect_mail(detector, body, **more)  # type: ignore[arg-type]

    return run


def detect_mail(
    detector: Detector,
    body: str,
    *,
    subject: str = "",
    to: str | tuple[str, ...] = ("someone@partner.example",),
    names: AskNames = AskNames.ALWAYS,
    display_names: dict[str, str] | None = None,
    entities: frozenset[str] | None = None,
    extra: tuple[Passage, ...] = (),
) -> Detection:
    recipients = (to,) if isinstance(to, str) else to
    passages = (
        Passage(part="HEADER", place="subject", text=subject, area=Area.SUBJECT),
        Passage(part="1", place="", text=body, area=Area.BODY),
        *extra,
    )
    question = Question(
        entities=entities,
        names=names,
        reverse_path="jane.doe@council.example",
        recipients=recipients,
        own_domains=("council.example", "*.council.example"),
        own_contact_points=(
            "0113 222 4444",
            "benefits@council.example",
            "20-17-84 22997880",
            "GB33 BUKB 2020 1555 5555 55",
        ),
        received_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    )
    controls = Controls(author="jane.doe@council.example", author_count=1, visible_recipients=recipients)
    return detector.detect(
        passages, controls, question, {"jane.doe@council.example": "Jane Doe", **(display_names or {})}
    )
