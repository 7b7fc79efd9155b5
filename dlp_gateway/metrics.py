"""Prometheus metrics of the gateway process. Labels are our own fixed words, never addresses."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

registry = CollectorRegistry()

messages = Counter("dlp_gateway_messages_total", "Messages answered, by reply code", ["code"], registry=registry)
verdicts = Counter(
    "dlp_gateway_verdicts_total",
    "Verdicts, by action and recipient class",
    ["action", "recipient_class"],
    registry=registry,
)
rules = Counter("dlp_gateway_rules_total", "Rules that applied, by mode", ["rule", "mode"], registry=registry)
outcomes = Counter("dlp_gateway_outcomes_total", "What became of recipients", ["outcome"], registry=registry)
gaps = Counter("dlp_gateway_gaps_total", "What could not be inspected", ["reason"], registry=registry)
disclaimers = Counter(
    "dlp_gateway_disclaimers_total",
    "Copies made for next hops that policy gives a disclaimer: added, or why it was left out",
    ["result"],
    registry=registry,
)
possible_duplicates = Counter(
    "dlp_gateway_possible_duplicates_total",
    "Messages a recipient may get twice: the next hop took them, the client heard 451 (RFC 1047)",
    registry=registry,
)
hop_rests = Counter(
    "dlp_gateway_next_hop_rests_total",
    "Pauses of a next hop that could not be reached; its deliveries wait, others go on",
    ["route"],
    registry=registry,
)
inspection_seconds = Histogram(
    "dlp_gateway_inspection_seconds",
    "Inspection of a message, waiting included",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=registry,
)
handling_seconds = Histogram(
    "dlp_gateway_handling_seconds",
    "From the client's final dot to our reply",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=registry,
)
recall_seconds = Histogram(
    "dlp_gateway_recall_seconds",
    "Asking the store what is known of a message's recipients",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
    registry=registry,
)
history_days = Gauge("dlp_gateway_history_days", "Days since contacts are learned from envelopes", registry=registry)
tls_sessions = Counter(
    "dlp_gateway_tls_sessions_total",
    "TLS sessions with recipients' own servers, by what proves them (dane, mta-sts, listed) and how they went",
    ["proof", "result"],
    registry=registry,
)
escalations = Counter(
    "dlp_gateway_escalations_total",
    "Held messages that nobody decided in time, brought before a second group of reviewers",
    registry=registry,
)
digests = Counter(
    "dlp_gateway_digests_total", "Mails that tell a group of reviewers what waits for it", registry=registry
)
milter_connections = Gauge(
    "dlp_gateway_milter_connections", "Connections of mail servers to the milter", registry=registry
)
in_hand = Gauge("dlp_gateway_messages_in_hand", "Messages between final dot and reply", registry=registry)
large_messages = Counter(
    "dlp_gateway_large_messages_total", "Messages kept on the disk on their way", registry=registry
)
turned_away = Counter(
    "dlp_gateway_turned_away_total",
    "Refused for want of room: connections, transactions before and messages in their DATA",
    ["what"],
    registry=registry,
)
connections = Gauge("dlp_gateway_connections", "Open SMTP connections", registry=registry)
message_bytes = Gauge(
    "dlp_gateway_message_bytes_in_memory", "Octets of messages in memory that SMTP clients sent", registry=registry
)
held = Gauge("dlp_gateway_held", "Held messages that wait for a reviewer", registry=registry)
partners = Gauge(
    "dlp_gateway_partners",
    "Entries of the partner registry in force, by how they stand: active, due for review within 60, 30 or 7 days, ...",
    ["standing"],
    registry=registry,
)
recipient_keys = Gauge(
    "dlp_gateway_recipient_keys",
    "Recipients' keys in use, by how they stand: usable, ending within 60, 30 or 7 days, expired, ...",
    ["state"],
    registry=registry,
)
rules_passed_over = Gauge(
    "dlp_gateway_rules_passed_over",
    "Files of rules whose newest version can't be read, so that an earlier one is in force",
    registry=registry,
)
log_ins = Counter(
    "dlp_gateway_log_ins_total",
    "Attempts to log in: right, wrong, throttled (too many before), silent (nobody could say) or malformed",
    ["result"],
    registry=registry,
)
rates_exceeded = Counter(
    "dlp_gateway_rates_exceeded_total",
    "Messages and recipients put off because their client or account had too many in a minute",
    ["what"],
    registry=registry,
)
access_files_passed_over = Gauge(
    "dlp_gateway_access_files_passed_over",
    "Whether the newest file of users, or certificates of listeners, can't be used, so that earlier ones are in force",
    ["file"],
    registry=registry,
)
listener_certificate_days = Gauge(
    "dlp_gateway_listener_certificate_days",
    "Days until the certificate of an SMTP listener, as it is in use, ends",
    ["listener"],
    registry=registry,
)
console_ended = Counter(
    "dlp_gateway_console_ended_total", "Times that the console beside this gateway ended by itself", registry=registry
)
secret_markings = Counter(
    "dlp_gateway_secret_markings_total", "Messages with a SECRET or TOP SECRET marking", registry=registry
)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(registry)
