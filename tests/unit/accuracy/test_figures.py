from __future__ import annotations

import pytest

from bench.accuracy.figures import Count, Tally


def tally(*counts: tuple[int, int, int, int]) -> Tally:
    return Tally([Count(truths=t, found=f, findings=p, right=r) for t, f, p, r in counts])


def test_precision_recall_f1_and_f2_follow_their_definitions():
    figures = tally((8, 6, 12, 6), (2, 0, 0, 0)).figures()
    precision, recall = 6 / 12, 6 / 10
    assert figures.precision.value == pytest.approx(precision)
    assert figures.recall.value == pytest.approx(recall)
    assert figures.f1.value == pytest.approx(2 * precision * recall / (precision + recall))
    assert figures.f2.value == pytest.approx(5 * precision * recall / (4 * precision + recall))


def test_precision_is_unknown_without_findings_and_f_is_then_nought():
    figures = tally((4, 0, 0, 0)).figures()
    assert figures.precision.value is None
    assert figures.recall.value == 0
    assert figures.f2.value == 0


def test_f_is_unknown_where_there_are_neither_truths_nor_findings():
    assert tally((0, 0, 0, 0)).figures().f2.value is None


def test_the_interval_holds_the_value_and_is_narrower_with_more_documents():
    few = tally(*[(1, 1, 1, 1), (1, 0, 1, 0)] * 10).figures().recall
    many = tally(*[(1, 1, 1, 1), (1, 0, 1, 0)] * 250).figures().recall
    assert few.low < few.value == 0.5 < few.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_documents_without_the_type_do_not_change_the_value():
    with_others = tally((4, 3, 5, 4), *[(0, 0, 0, 0)] * 50).figures()
    assert with_others.recall.value == tally((4, 3, 5, 4)).figures().recall.value


def test_the_same_counts_have_the_same_intervals():
    assert tally(*[(2, 1, 2, 1), (1, 1, 3, 1)] * 9).figures() == tally(*[(2, 1, 2, 1), (1, 1, 3, 1)] * 9).figures()
