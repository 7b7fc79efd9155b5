"""Which disclaimer whom: by sender group, language and class of the recipient, as data."""

import pytest

from dlp_gateway.decide import check_examples, load_rulebook
from dlp_gateway.decide.disclaimers import change_of, text_of
from dlp_gateway.errors import ConfigError
from dlp_gateway.rules_folder import load_texts
from tests.support.policy_mail import HOSPITAL, RESIDENT, STRANGER, Mail, shipped_texts

LINES = """
disclaimer:
  once: new-text
  texts:
    - {recipient_class: partner, texts: []}
    - {sender_group: childrens-services, recipient_class: webmail, texts: [children, cy]}
    - {language: cy, recipient_class: [webmail, elected], texts: [cy, en]}
    - {recipient_class: webmail, texts: [en, cy]}
  examples:
    - {class: partner, texts: []}
    - {class: webmail, texts: [en, cy]}
    - {from: children.desk@council.example, class: webmail, texts: [children, cy]}
    - {class: unapproved, texts: en}
"""
TEMPLATE = "From the children's services of {council}, for you alone."
DESK = "children.desk@council.example"
SHIPPED_LINE = next(line for line in shipped_texts()["policy.yaml"].splitlines() if line.startswith("disclaimer:"))


def texts(lines: str = LINES, **more: str) -> dict[str, str]:
    found = load_texts(None) | {"templates/disclaimer.children.txt": TEMPLATE}
    found["policy.yaml"] = found["policy.yaml"].replace(SHIPPED_LINE, lines)
    return found | {f"{name}.yaml": text for name, text in more.items()}


def changes(to: str, author: str = "o@council.example", **more: str) -> tuple[str, ...]:
    return Mail(to=(to,), author=author).verdict(load_rulebook(texts(**more))).changes


@pytest.mark.parametrize(
    ("to", "author", "wanted"),
    [
        (HOSPITAL, "o@council.example", ()),
        (RESIDENT, "o@council.example", ("disclaimer", "disclaimer:cy")),
        (RESIDENT, DESK, ("disclaimer:children", "disclaimer:cy")),
        (STRANGER, DESK, ("disclaimer",)),
    ],
)
def test_the_first_line_that_fits_says_which_and_in_which_order(to: str, author: str, wanted: tuple[str, ...]) -> None:
    assert changes(to, author) == wanted


def test_a_line_may_ask_for_the_language_of_the_authors_group() -> None:
    senders = shipped_texts()["senders.yaml"].replace("reviewers: communications, language: en", "language: cy")
    author = "press.desk@council.example"
    assert changes(RESIDENT, author, senders=senders) == ("disclaimer:cy", "disclaimer")
    assert changes(STRANGER, author, senders=senders) == ("disclaimer:cy",)


def test_recipients_with_different_texts_get_different_copies() -> None:
    verdicts = Mail(to=(HOSPITAL, RESIDENT, STRANGER)).verdicts(load_rulebook(texts()))
    assert len({verdict.changes for verdict in verdicts}) == 3


def test_without_a_line_it_is_the_text_in_the_groups_language_as_ever() -> None:
    assert Mail(to=(RESIDENT,)).verdict(load_rulebook(load_texts(None))).changes == ("disclaimer",)
    old = texts("")
    assert Mail(to=(RESIDENT,)).verdict(load_rulebook(old)).changes == ("disclaimer",)
    assert load_rulebook(old).policy.disclaimer.once == "anywhere"


def test_examples_of_disclaimers_are_checked() -> None:
    assert check_examples(load_rulebook(texts())) == []
    wrong = LINES.replace("{class: webmail, texts: [en, cy]}\n    - {from", "{class: webmail, texts: en}\n    - {from")
    (fault,) = check_examples(load_rulebook(texts(wrong)))
    assert fault.file == "policy.yaml"
    assert fault.line is not None
    assert fault.text == "the example must get the disclaimers “en”, but gets “en”, “cy”"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "[children, cy]}\n    - {language",
            "[childern, cy]}\n    - {language",
            "no templates/disclaimer.childern.txt for “childern”; did you mean “children”?",
        ),
        ("texts: en}", "texts: french}", "no templates/disclaimer.french.txt for “french”; known: children, cy, en"),
        ("group: childrens-services", "group: childrens", "group “childrens”; did you mean “childrens-services”?"),
        ("recipient_class: partner", "recipient_class: partners", "class “partners”; did you mean “partner”?"),
        ("language: cy", "language: welsh", "'en' or 'cy'"),
        ("once: new-text", "once: never", "'new-text' or 'anywhere'"),
        ("texts: []}\n    - {sender", "text: []}\n    - {sender", "text"),
    ],
)
def test_faults_are_told_with_their_place(old: str, new: str, says: str) -> None:
    assert LINES.count(old) == 1
    with pytest.raises(ConfigError) as caught:
        load_rulebook(texts(LINES.replace(old, new)))
    fault = caught.value.faults[0]
    assert (fault.file, fault.line is not None) == ("policy.yaml", True)
    assert any(says in fault.text for fault in caught.value.faults), [str(fault) for fault in caught.value.faults]


def test_a_groups_language_without_a_template_is_a_fault() -> None:
    """The copy would leave without its disclaimer, told by a note alone."""
    found = texts("", senders=shipped_texts()["senders.yaml"].replace("language: en", "language: cy"))
    load_rulebook(found)
    del found["templates/disclaimer.cy.txt"]
    with pytest.raises(ConfigError) as caught:
        load_rulebook(found)
    (fault,) = caught.value.faults
    assert fault.file == "senders.yaml"
    assert "no templates/disclaimer.cy.txt" in fault.text


@pytest.mark.parametrize("name", ["en", "cy", "planning", "planning.cy"])
def test_the_name_of_a_text_and_its_change_say_the_same(name: str) -> None:
    assert text_of(change_of(name)) == name
    assert text_of("other") is None
