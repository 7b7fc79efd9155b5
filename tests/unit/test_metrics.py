"""What Prometheus reads."""

from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families

from dlp_gateway import metrics


def test_the_exposition_is_what_prometheus_reads_and_names_every_metric_once() -> None:
    metrics.outcomes.labels("relayed").inc()
    families = [family.name for family in text_string_to_metric_families(metrics.exposition().decode())]
    assert len(families) == len(set(families))
    assert {name.removeprefix("dlp_gateway_") for name in families} >= {
        "messages",
        "verdicts",
        "rules",
        "outcomes",
        "gaps",
        "possible_duplicates",
        "inspection_seconds",
        "handling_seconds",
        "messages_in_hand",
        "held",
        "partners",
        "recipient_keys",
        "console_ended",
        "secret_markings",
    }


def test_every_metric_is_ours_and_says_what_it_counts() -> None:
    for family in metrics.registry.collect():
        assert re.fullmatch(r"dlp_gateway_[a-z_]+", family.name)
        assert len(family.documentation) > 10


def test_a_count_goes_up_by_one() -> None:
    def count() -> float:
        return metrics.registry.get_sample_value("dlp_gateway_outcomes_total", {"outcome": "expired"}) or 0

    before = count()
    metrics.outcomes.labels("expired").inc()
    assert count() == before + 1


def test_no_label_could_name_a_person() -> None:
    labels = {label for family in metrics.registry.collect() for sample in family.samples for label in sample.labels}
    assert labels <= {
        "code",
        "action",
        "recipient_class",
        "rule",
        "mode",
        "outcome",
        "reason",
        "file",
        "listener",
        "what",
        "result",
        "proof",
        "route",
        "standing",
        "state",
        "le",
    }
