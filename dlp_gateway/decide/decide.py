"""The verdict for each recipient. Pure: the same call decides, explains and replays.

All rules are asked, the strictest action wins, the changes unite in policy order and every rule's id
is kept: the order of rules never matters, and adding a rule never makes the gateway laxer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from ..language import ENGLISH, Language
from ..model import HIGH, Action, Category, Envelope, Facts, Inspection, Likeness, RecipientClass, Verdict
from ..secure_way import NoWay
from .conditions import categories_to_name, count_individuals, embargo_end, holds
from .policy import PolicyRule, action_of, placeholders
from .recipients import Recipient
from .rulebook import CompiledRule, Rulebook
from .telling import BEYOND_NAME
from .view import MessageView, RecipientView

CLASS_WORDS = {
    RecipientClass.INTERNAL: "a colleague",
    RecipientClass.PARTNER: "a partner",
    RecipientClass.SOCIAL: "a social media site",
    RecipientClass.PUBLICATION: "a site that publishes what it receives",
    RecipientClass.PRESS: "the press",
    RecipientClass.ELECTED: "an elected representative",
    RecipientClass.PUBLIC_SECTOR: "a public body",
    RecipientClass.WEBMAIL: "a personal mailbox",
    RecipientClass.UNAPPROVED: "an organisation that is not an approved partner",
}
SIMILARITY_WORDS = {
    Likeness.LOCAL_PART: "it differs by a slip before the @",
    Likeness.DOMAIN: "its domain differs by a slip or in its ending",
    Likeness.OTHER_DOMAIN: "it is the same name at another organisation",
}
CATEGORY_WORDS = {category: category.value for category in Category}
MANY = 100  # bigger counts are told as "100 or more": the exact number helps nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Which routes there are, and whether reasons are told in Welsh too."""

    routes: frozenset[str]
    default_route: str
    default_encrypt_route: str
    in_welsh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Applied:
    """A rule that applies, and the word of its action."""

    rule: PolicyRule
    word: str

    @property
    def action(self) -> Action:
        return action_of(self.word)


def decide(
    envelope: Envelope,
    inspection: Inspection,
    facts: Facts,
    rulebook: Rulebook,
    *,
    routes: Collection[str],
    default_route: str,
    default_encrypt_route: str,
    in_welsh: bool = False,
) -> tuple[Verdict, ...]:
    """One verdict per recipient, in the envelope's order.

    `routes` are the names the configuration knows (a mapping will do). Mail that would have to go by
    another one is held, never sent in clear. `in_welsh`: tell the reasons in Welsh too.
    """
    way = Way(
        routes=frozenset(routes),
        default_route=default_route,
        default_encrypt_route=default_encrypt_route,
        in_welsh=in_welsh,
    )
    message = MessageView(envelope, inspection, facts, rulebook)
    answers: dict[tuple[object, ...], Verdict] = {}
    verdicts = []
    for address in envelope.recipients:
        view = RecipientView(message, message.classify(address))
        # Recipients about whom all conditions must say the same get the same verdict: a newsletter
        # to a thousand residents is judged once.
        if view.signature not in answers:
            answers[view.signature] = judge(view, way)
        verdict = replace(answers[view.signature], recipient=address)
        verdicts.append(_by_its_way(verdict, view, way) if verdict.action is Action.ENCRYPT else verdict)
    if envelope.reverse_path is None and any(v.action is not Action.REJECT for v in verdicts):
        # Nobody could be told of a partial rejection: RFC 5321, 6.1 forbids a report to the null reverse-path.
        verdicts = [replace(v, action=Action.HOLD) if v.action is Action.REJECT else v for v in verdicts]
    return tuple(verdicts)


def decide_for(
    recipient: Recipient, envelope: Envelope, inspection: Inspection, facts: Facts, rulebook: Rulebook, way: Way
) -> Verdict:
    """The verdict for one recipient whose class is given: for the examples in rules."""
    message = MessageView(envelope, inspection, facts, rulebook)
    return judge(RecipientView(message, recipient), way)


def judge(view: RecipientView, way: Way) -> Verdict:
    """The verdict of one recipient's copy."""
    rulebook, facts = view.message.rulebook, view.message.facts
    acting: list[_Applied] = []
    observed: list[str] = []
    lifted: list[_Applied] = []
    recipient_class = view.recipient.recipient_class
    for compiled in rulebook.rules:
        word = _asks(compiled, view) if recipient_class in compiled.classes else None
        if word is None:
            continue
        applied = _Applied(rule=compiled.rule, word=word)
        if not _enforced(compiled.rule, view):
            observed.append(compiled.rule.id)
        elif (compiled.rule.id, rulebook.version) in facts.overridden and applied.action >= Action.HOLD:
            lifted.append(applied)
        else:
            acting.append(applied)
    action = max((a.action for a in acting), default=Action.RELAY)
    # A reviewer lets go what is high only under encryption, whatever rule held it, and all else where they choose so.
    to_be_released = facts.encrypted_only or (bool(lifted) and _is_high(view))
    must_encrypt = to_be_released or any(a.action is Action.ENCRYPT for a in acting)
    if must_encrypt:
        action = max(action, Action.ENCRYPT)
    route = _route(view, way, encrypt=must_encrypt)
    # What decided comes first: readers look at the first reason. What only adds the disclaimer is no
    # reason for anything stricter.
    telling = [a for a in acting if a.action > Action.RELAY or (a.word != "relay" and action is Action.RELAY)]
    telling.sort(key=lambda a: -a.action)
    no_route = action < Action.REJECT and route not in way.routes
    if no_route:
        action = Action.HOLD

    def reasons(language: Language) -> tuple[str, ...]:
        told = [reason_of(a.rule, view, language) for a in telling]
        return (*told, language.say(_NO_ROUTE_WORDS, route=route)) if no_route else tuple(told)

    verdict = Verdict(
        recipient=view.recipient.address,
        recipient_class=view.recipient.recipient_class,
        partner=view.terms.id if view.terms else None,
        action=action,
        route=route,
        changes=_changes(acting, view),
        rules=tuple(a.rule.id for a in acting),
        main_rule=telling[0].rule.id if telling and telling[0].action is action else "",
        observed=tuple(observed),
        reasons=reasons(ENGLISH),
        reasons_cy=reasons(rulebook.languages["cy"]) if way.in_welsh else (),
    )
    return _with_hold(verdict, [a.rule for a in acting if a.action >= Action.HOLD], view)


def _by_its_way(verdict: Verdict, view: RecipientView, way: Way) -> Verdict:
    """A verdict to encrypt, or to hold where its route is known not to reach this recipient: never another way."""
    address = verdict.recipient.lower()
    subjects = (address, f"@{address.rpartition('@')[2]}")
    facts = (f for f in view.message.facts.ways if f.route == verdict.route and f.recipient in subjects)
    fault = next((f.fault for f in facts if f.fault is not None), None)
    if fault is None:
        return verdict
    languages = view.message.rulebook.languages
    held = replace(
        verdict,
        action=Action.HOLD,
        reasons=(*verdict.reasons, NO_WAY_WORDS[fault]),
        reasons_cy=(*verdict.reasons_cy, languages["cy"].say(NO_WAY_WORDS[fault])) if way.in_welsh else (),
    )
    return _with_hold(held, [], view)


def _asks(compiled: CompiledRule, view: RecipientView) -> str | None:
    """The word of the action that a rule of the recipient's class asks for; None when it does not apply."""
    if not holds(compiled.when, view):
        return None
    if any(holds(conditions, view) for conditions in compiled.unless):
        return None
    return next((case.action for case in compiled.cases if holds(case.when, view)), None)


def _enforced(rule: PolicyRule, view: RecipientView) -> bool:
    if view.message.facts.enforce_all:
        return True
    rollout = view.message.rulebook.policy.rollout
    if rule.mode != "enforce":
        return False
    return rollout.default == "enforce" or not view.message.groups.isdisjoint(rollout.enforce_for)


def _is_high(view: RecipientView) -> bool:
    return view.recipient.outside and not HIGH.isdisjoint(view.telling.categories())


def _route(view: RecipientView, way: Way, *, encrypt: bool) -> str:
    if not encrypt:
        return way.default_route
    return (view.terms.route if view.terms else None) or way.default_encrypt_route


def _changes(acting: list[_Applied], view: RecipientView) -> tuple[str, ...]:
    if not any(a.word == "disclaimer" for a in acting):
        return ()
    rulebook, groups = view.message.rulebook, view.message.groups
    return rulebook.policy.disclaimer.changes(groups, rulebook.senders.language(groups), view.recipient.recipient_class)


def _with_hold(verdict: Verdict, rules: list[PolicyRule], view: RecipientView) -> Verdict:
    """The verdict with what a hold or a rejection needs: who decides, how, and who hears of it."""
    if verdict.action < Action.HOLD:
        return verdict
    policy = view.message.rulebook.policy
    until = embargo_end(view) if rules and all(r.asks_embargo and r.release_at_end for r in rules) else None
    notify = {word for rule in rules for word in rule.notify} or {"sender"}
    if view.message.automatic:
        notify = (notify - {"sender"}) | set(policy.automatic.notify)
    deciding = deciding_rule(rules)
    return replace(
        verdict,
        hold_until=until if verdict.action is Action.HOLD else None,
        reviewers=_reviewers(deciding, view),
        approvals=max((r.approvals for r in rules), default=1),
        expires_days=min((r.expires_days for r in rules), default=14),
        notify=tuple(sorted(notify)),
    )


def deciding_rule(rules: Collection[PolicyRule]) -> PolicyRule | None:
    """The rule whose reviewers decide: most approvals, then the shortest clock; by id where equal."""

    def strictness(rule: PolicyRule) -> tuple[int, int, int, str]:
        return -rule.approvals, rule.clock.working_minutes, rule.clock.out_of_hours_minutes, rule.id

    return min(rules, key=strictness, default=None)


def _reviewers(rule: PolicyRule | None, view: RecipientView) -> str:
    policy = view.message.rulebook.policy
    if view.message.confidential:
        # Unions, whistle-blowers and the like: only information governance sees these.
        return policy.default_reviewers
    wanted = rule.reviewers if rule is not None else None
    if isinstance(wanted, str):
        return wanted
    if wanted is not None:
        found = view.telling.categories()
        for choice in wanted:
            in_group = choice.sender_group is None or choice.sender_group in view.message.groups
            if in_group and (choice.category is None or choice.category & found):
                return choice.group
    return view.message.rulebook.senders.reviewers(view.message.groups) or policy.default_reviewers


def reason_of(rule: PolicyRule, view: RecipientView, language: Language = ENGLISH) -> str:
    """The rule's reason with its placeholders filled; in English where it has none in this language. No found value
    can come into it."""
    own = rule.reason_cy if language.code == "cy" else None
    reason, language = (own, language) if own else (rule.reason, ENGLISH)
    return reason.format(**{name: _PLACEHOLDERS[name](rule, view, language) for name in placeholders(reason)})


def _listed(words: list[str], language: Language) -> str:
    if len(words) < 2:
        return "".join(words)
    return language.say("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])


def _count_word(rule: PolicyRule, view: RecipientView, language: Language) -> str:
    wanted = [c.individuals for c in (rule.when, *(rule.when.any or ())) if c.individuals is not None]
    if wanted:
        count = count_individuals(wanted[0], view)
    elif rule.when.visible_recipients is not None or any(c.visible_recipients for c in rule.when.any or ()):
        count = len(view.message.visible.addresses)
    elif rule.when.hidden_recipients is not None:
        count = view.message.hidden_outside
    else:
        count = view.telling.count_people(BEYOND_NAME, named=False, about="anyone")
    return language.say("{count} or more", count=MANY) if count >= MANY else str(count)


def _until_word(_rule: PolicyRule, view: RecipientView, language: Language) -> str:
    until = embargo_end(view)
    if until is None:
        return language.say("its embargo ends")
    return language.day_and_time_words(until.astimezone(view.message.now.tzinfo))


def _category_words(rule: PolicyRule, view: RecipientView, language: Language) -> str:
    named = [language.say(CATEGORY_WORDS[c]) for c in categories_to_name(rule.when, view)]
    return _listed(sorted(named), language) or language.say("such")


def _similarity_words(_rule: PolicyRule, view: RecipientView, language: Language) -> str:
    likeness = view.message.similar_known.get(view.recipient.address)
    return language.say(SIMILARITY_WORDS[likeness]) if likeness else language.say("it differs by a slip")


def _partner_words(_rule: PolicyRule, view: RecipientView, language: Language) -> str:
    return view.terms.organisation if view.terms else language.say("the recipient")


def _class_words(_rule: PolicyRule, view: RecipientView, language: Language) -> str:
    return language.say(CLASS_WORDS[view.recipient.recipient_class])


def _look_alike_words(_rule: PolicyRule, view: RecipientView, language: Language) -> str:
    return view.recipient.look_alike or language.say("another domain")


NO_WAY_WORDS = {
    NoWay.UNPROVEN: "This must go encrypted, and nothing proves that it would reach the recipient’s mail servers "
    "encrypted: held, not sent another way.",
    NoWay.NO_DOMAIN: "The part of the address after the @ does not exist: please check the address.",
    NoWay.NO_MAIL: "The part of the address after the @ takes no mail: please check the address.",
    NoWay.NO_KEY: "This must be encrypted with the recipient’s own key, and none is known: held, not sent another way.",
    NoWay.NOT_SEALED: "This must be encrypted with the recipient’s own key, and that can’t be done with this message: "
    "held, not sent another way.",
    NoWay.KEY_UNFIT: "This must be encrypted with the recipient’s own key, and the one that is known is no longer "
    "good: held, not sent another way.",
}
_NO_ROUTE_WORDS = "This must go by the route “{route}”, which is not set up: held, not sent another way."
_PLACEHOLDERS: dict[str, Callable[[PolicyRule, RecipientView, Language], str]] = {
    "partner": _partner_words,
    "categories": _category_words,
    "count": _count_word,
    "recipient_class": _class_words,
    "look_alike": _look_alike_words,
    "similarity": _similarity_words,
    "until": _until_word,
}
