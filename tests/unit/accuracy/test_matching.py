from __future__ import annotations

from bench.accuracy.matching import Span, Worth, iou50, judge, overlap


def span(start: int, end: int, type_: str = "PERSON", piece: str = "body") -> Span:
    return Span(piece=piece, start=start, end=end, type=type_)


def worths(truths: list[Span], not_cared_for: list[Span], finding: Span) -> Worth:
    return judge(truths, not_cared_for, [finding], overlap).worths[0]


def test_one_shared_character_is_an_overlap_and_none_is_not():
    assert overlap(span(0, 5), span(4, 9))
    assert not overlap(span(0, 5), span(5, 9))


def test_spans_of_different_pieces_share_nothing():
    assert not overlap(span(0, 5), span(0, 5, piece="subject"))


def test_half_of_what_two_spans_cover_together_is_enough_for_iou50_and_less_is_not():
    assert iou50(span(0, 10), span(0, 5))
    assert iou50(span(0, 9), span(3, 12))  # 6 of 12
    assert not iou50(span(0, 10), span(0, 4))


def test_a_truth_is_found_by_a_finding_of_its_type_only():
    truth = span(0, 5)
    assert judge([truth], [], [span(4, 9)], overlap).found == (True,)
    assert judge([truth], [], [span(4, 9, "LOCATION")], overlap).found == (False,)


def test_one_finding_finds_every_truth_that_it_touches():
    judged = judge([span(0, 5), span(6, 9)], [], [span(0, 9)], overlap)
    assert judged.found == (True, True)
    assert judged.worths == (Worth.RIGHT,)


def test_a_finding_that_touches_a_stretch_nobody_cares_for_and_no_truth_is_passed_over():
    assert worths([], [span(0, 5, "TITLE")], span(3, 9)) is Worth.PASSED_OVER
    assert worths([], [], span(3, 9)) is Worth.WRONG


def test_a_finding_that_also_touches_a_truth_of_another_type_is_wrong():
    assert worths([span(5, 9, "PERSON")], [span(0, 4, "TITLE")], span(0, 9, "LOCATION")) is Worth.WRONG


def test_a_stretch_of_its_own_type_that_nobody_cares_for_saves_a_finding_inside_another_truth():
    address, postcode = span(0, 20, "UK_ADDRESS"), span(12, 20, "UK_POSTCODE")
    assert worths([address], [postcode], span(12, 20, "UK_POSTCODE")) is Worth.PASSED_OVER


def test_a_right_finding_counts_even_where_it_touches_what_nobody_cares_for():
    assert worths([span(3, 9)], [span(0, 2, "TITLE")], span(0, 9)) is Worth.RIGHT
