from __future__ import annotations

from bench.accuracy import targets
from bench.accuracy.figures import Count, Figures, Tally


def row(truths: int, found: int, findings: int, right: int) -> Figures:
    return Tally([Count(truths=truths, found=found, findings=findings, right=right)]).figures()


def test_a_target_is_reached_when_ours_is_no_less_and_stock_does_not_matter():
    rows = {"ours": {"PERSON": row(10, 9, 10, 9)}, "stock": {"PERSON": row(10, 2, 10, 2)}}
    wanted = (targets.Target("PERSON", "R", 0.9), targets.Target("PERSON", "P", 0.91))
    reached, missed = targets.lines_of("mails", wanted, rows)
    assert reached[-1] == "yes"
    assert missed[-1] == "no"
    assert reached[3].startswith("0.900")
    assert reached[4].startswith("0.200")


def test_a_row_that_does_not_occur_is_no_target_reached():
    (line,) = targets.lines_of("mails", (targets.Target("PERSON", "R", 0.9),), {"ours": {}})
    assert line[-1] == "no"


def test_an_identifier_is_below_by_recall_or_by_precision_and_others_are_not_listed():
    rows = {
        "UK_NHS": row(100, 97, 97, 97),
        "UK_UTR": row(100, 100, 104, 100),
        "UK_NINO": row(100, 99, 100, 99),
        "PERSON": row(100, 10, 10, 10),
    }
    below = targets.identifiers_below(rows)
    assert [line.partition(" ")[0] for line in below] == ["UK_NHS", "UK_UTR"]


def test_an_upper_limit_is_reached_when_the_figure_is_no_more():
    assert targets.at_most("clean", "false", 1.0, 1.0)[-1] == "yes"
    assert targets.at_most("clean", "false", 1.0, 1.01)[-1] == "no"
