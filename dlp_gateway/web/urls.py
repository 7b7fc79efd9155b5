"""Addresses of pages. Nothing in them names anybody: a token holds our message id and a signature.

Every view says here who gets to it (`access.py`); one that says nothing is for nobody.
"""

from __future__ import annotations

from django.urls import include, path, re_path

from . import (
    decisions,
    documents,
    errors,
    hold,
    holds,
    home,
    insight,
    partner_changes,
    partner_import,
    partners,
    policy,
    policy_draft,
    record,
    release_otherwise,
    reveal,
    rule_files,
    sender,
    sender_answer,
    static,
)
from .access import OPEN, SIGNED_IN, access
from .api import api
from .permissions import Permission

by_link = access(OPEN)  # the link and a session of their own say who they are: `sender.py`
ROOT = "sender/<str:token>/"

read_partners = access(Permission.PARTNERS_READ)
edit_partners = access(Permission.PARTNERS_EDIT)
edit_documents = access(Permission.DOCUMENTS_EDIT)

urlpatterns = [
    re_path(r"^static/([a-z-]+)\.([0-9a-f]{16})\.(css|js)$", access(OPEN)(static.static_file)),
    path("", access(SIGNED_IN)(home.home), name="home"),
    path("held", access(Permission.HOLDS_READ)(holds.queue), name="holds"),
    path("held/several", access(Permission.HOLDS_DECIDE)(decisions.several), name="holds-several"),
    path("held/<str:held_id>", access(Permission.HOLDS_READ)(hold.hold), name="hold"),
    path("held/<str:held_id>/release", access(Permission.HOLDS_DECIDE)(decisions.release), name="hold-release"),
    path(
        "held/<str:held_id>/release/otherwise",
        access(Permission.HOLDS_DECIDE)(release_otherwise.choose),
        name="hold-release-otherwise",
    ),
    path(
        "held/<str:held_id>/release/otherwise/<str:request_id>",
        access(Permission.HOLDS_DECIDE)(release_otherwise.outlook),
        name="hold-release-outlook",
    ),
    path("held/<str:held_id>/reject", access(Permission.HOLDS_DECIDE)(decisions.reject), name="hold-reject"),
    path("held/<str:held_id>/extend", access(Permission.HOLDS_DECIDE)(decisions.extend), name="hold-extend"),
    path("held/<str:held_id>/ask", access(Permission.HOLDS_DECIDE)(decisions.ask), name="hold-ask"),
    path("held/<str:held_id>/hand-over", access(Permission.HOLDS_DECIDE)(decisions.hand_over), name="hold-hand-over"),
    path("held/<str:held_id>/content", access(Permission.HOLDS_REVEAL)(reveal.ask_reveal), name="hold-reveal"),
    path(
        "held/<str:held_id>/content/<str:request_id>",
        access(Permission.HOLDS_REVEAL)(reveal.content),
        name="hold-content",
    ),
    path("record", access(Permission.AUDIT_READ)(record.record), name="record"),
    path("record/verify", access(Permission.AUDIT_READ)(record.verify), name="record-verify"),
    path("record/export", access(Permission.AUDIT_EXPORT)(record.export), name="record-export"),
    path("record/message/<str:message_id>", access(Permission.AUDIT_READ)(record.case), name="record-case"),
    path("api/v1/", include((api.patterns(), "api"))),
    path("account/", include("dlp_gateway.web.account_urls")),
    path("accessibility", access(OPEN)(static.accessibility), name="accessibility"),
    path("partners", read_partners(partners.partners), name="partners"),
    path("partners/add", edit_partners(partner_changes.add), name="partners-add"),
    path("partners/import", edit_partners(partner_import.import_), name="partners-import"),
    path("partners/export.csv", read_partners(partners.export), name="partners-export"),
    path("partners/history", read_partners(partners.history), name="partners-history"),
    path("partners/history/<int:number>", read_partners(partners.version), name="partners-version"),
    path("partners/history/<int:number>/restore", edit_partners(partner_changes.restore), name="partners-restore"),
    path("partners/proposals", read_partners(partner_changes.proposals), name="partners-proposals"),
    path("partners/proposals/<int:number>", edit_partners(partner_changes.proposal), name="partners-proposal"),
    path("partners/entry/<slug:name>", read_partners(partners.partner), name="partner"),
    path("partners/entry/<slug:name>/edit", edit_partners(partner_changes.edit), name="partner-edit"),
    path("partners/entry/<slug:name>/end", edit_partners(partner_changes.expire), name="partner-end"),
    path("policy", access(Permission.POLICY_READ)(policy.policy), name="policy"),
    path("policy/rule/<slug:name>", access(Permission.POLICY_READ)(policy.rule), name="policy-rule"),
    path("policy/history", access(Permission.POLICY_READ)(policy.history), name="policy-history"),
    path("policy/history/<int:number>", access(Permission.POLICY_READ)(policy.version), name="policy-version"),
    path("policy/edit", access(Permission.POLICY_EDIT)(policy_draft.edit), name="policy-edit"),
    path("policy/texts", access(Permission.POLICY_READ)(rule_files.files), name="rule-files"),
    path("policy/texts/<path:name>/change", access(Permission.POLICY_EDIT)(rule_files.change_file), name="rule-change"),
    path("policy/texts/<path:name>", access(Permission.POLICY_READ)(rule_files.rule_file), name="rule-file"),
    path("policy/draft", access(Permission.POLICY_EDIT)(policy_draft.draft), name="policy-draft"),
    path("documents", access(Permission.DOCUMENTS_READ)(documents.documents), name="documents"),
    path("documents/register", edit_documents(documents.register), name="documents-register"),
    path("documents/compare", edit_documents(documents.compare), name="documents-compare"),
    path("documents/asked/<str:request_id>", edit_documents(documents.asked), name="documents-asked"),
    path("documents/<slug:name>/remove", edit_documents(documents.remove), name="documents-remove"),
    path("insight", access(Permission.INSIGHT_READ)(insight.insight), name="insight"),
    path("insight/days.csv", access(Permission.INSIGHT_READ)(insight.by_day), name="insight-days"),
    path("insight/rules.csv", access(Permission.INSIGHT_READ)(insight.by_rule), name="insight-rules"),
    path(ROOT, by_link(sender.message), name="message"),
    path(ROOT + "code", by_link(sender.ask_code), name="code"),
    path(ROOT + "sign-in", by_link(sender.sign_in), name="sign-in"),
    path(ROOT + "sign-out", by_link(sender.sign_out), name="sign-out"),
    path(ROOT + "withdraw", by_link(sender.withdraw), name="withdraw"),
    path(ROOT + "release", by_link(sender.release), name="release"),
    path(ROOT + "urgent", by_link(sender.urgent), name="urgent"),
    path(ROOT + "answer", by_link(sender_answer.answer), name="answer"),
    path(ROOT + "review", by_link(sender.review), name="review"),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
