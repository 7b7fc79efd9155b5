"""The configuration: what an administrator may get wrong, and what is said then."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.config import Config
from dlp_gateway.config_file import SYSTEM_CONFIG, find_config, load_config
from dlp_gateway.errors import ConfigError, Fault


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        load_config(written(folder, text), environ or {})
    return caught.value.faults


def config_of(folder: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    return load_config(written(folder, text), environ or {})


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert config_of(tmp_path, "") == Config()


def test_a_section_whose_lines_are_all_commented_out_is_its_defaults(tmp_path: Path) -> None:
    assert config_of(tmp_path, "times:\n  # patience_seconds: 80\nroutes:\n") == Config()


def test_the_defaults_let_in_only_this_machine_and_listen_only_there() -> None:
    config = Config()
    assert [client.networks for client in config.clients] == [("127.0.0.0/8", "::1/128")]
    assert {listener.host for listener in config.listeners.smtp} == {"127.0.0.1"}
    assert config.listeners.health.host == "127.0.0.1"
    assert not any(client.vouches_for_sender for client in config.clients)


def test_all_faults_come_at_once_with_line_and_column(tmp_path: Path) -> None:
    text = """\
hostnam: mx.council.example
listeners:
  smtp:
    - host: 127.0.0.1
      port: 70000
council:
  time_zone: Europe/Lundon
clients:
  - networks: [10.1.0.0/16]
    vouches_for_sender: perhaps
routes:
  relay: {kind: relay, next_hop: relay.council.example}
"""
    faults = faults_of(tmp_path, text)
    places = {(fault.line, fault.column): fault.text for fault in faults}
    assert {Path(fault.file).name for fault in faults} == {"config.yaml"}
    assert "did you mean “hostname”?" in places[1, 1]
    assert places[5, 7].startswith("listeners.smtp.0.port: ")
    assert "write it like Europe/London" in places[7, 3]
    assert "clients.0.name: missing" in places[9, 5]
    assert places[10, 5].startswith("clients.0.vouches_for_sender: ")
    assert "write it like relay.council.example:25" in places[12, 24]
    assert len(faults) == 6, places


def test_a_fault_is_printed_as_file_line_column_and_text(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "log_level: info\nlimits:\n  hops: 2\n")
    assert str(fault).startswith(f"{tmp_path / 'config.yaml'}:3:3: limits.hops: ")


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3"])
def test_everybody_is_no_client(tmp_path: Path, network: str) -> None:
    (fault,) = faults_of(tmp_path, f"clients:\n  - {{name: all, networks: ['{network}']}}\n")
    assert fault.line == 2
    assert "open relay" in fault.text or "not a network" in fault.text


def test_everybody_is_no_load_balancer(tmp_path: Path) -> None:
    """Whoever speaks the PROXY protocol says who the client is."""
    (fault,) = faults_of(tmp_path, "listeners:\n  smtp:\n    - {proxy_networks: [0.0.0.0/0]}\n")
    assert "“0.0.0.0/0” is everybody" in fault.text
    assert "who the client is" in fault.text


@pytest.mark.parametrize("network", ["10.1.0.0/33", "10.1.2.3/16", "mail.council.example", ""])
def test_a_network_that_is_none_is_named(tmp_path: Path, network: str) -> None:
    (fault,) = faults_of(tmp_path, f"clients:\n  - {{name: all, networks: ['{network}']}}\n")
    assert f"“{network}” is not a network" in fault.text


def test_times_that_do_not_fit_into_the_clients_patience_are_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "times:\n  inspection_seconds: 60\n")
    assert (fault.line, fault.column) == (1, 1)
    assert "105 s, more than patience_seconds (80 s)" in fault.text
    assert config_of(tmp_path, "times: {inspection_seconds: 35}\n").times.inspection_seconds == 35


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("log_level: info\ndefault_route: relai\n", 2),
        ("log_level: info\ndefault_encrypt_route: relai\n", 2),
        ("log_level: info\nnotices:\n  from_name: Mail check\n  route: relai\n", 4),
    ],
)
def test_a_route_that_is_not_configured_is_refused_in_its_place(tmp_path: Path, text: str, line: int) -> None:
    (fault,) = faults_of(tmp_path, text)
    assert "no route “relai”; known: relay, secure" in fault.text
    assert fault.line == line


CLEAR = "routes: {relay: {kind: relay, next_hop: 'a:25'}, secure: {kind: relay, next_hop: 'b:25', tls: %s}}\n"


@pytest.mark.parametrize("tls", ["may", "none"])
def test_an_encrypting_route_that_may_send_clear_text_is_refused(tmp_path: Path, tls: str) -> None:
    (fault,) = faults_of(tmp_path, CLEAR % tls)
    assert "route “secure” may send clear text" in fault.text


def test_a_relay_that_verifies_tls_encrypts(tmp_path: Path) -> None:
    assert config_of(tmp_path, CLEAR % "verify").routes["secure"].verified


@pytest.mark.parametrize("next_hop", ["relay.council.example", "relay:", ":25", "relay:0", "relay:65536", "relay:smtp"])
def test_a_next_hop_is_host_and_port(tmp_path: Path, next_hop: str) -> None:
    text = f"routes: {{relay: {{kind: relay, next_hop: '{next_hop}'}}, secure: {{kind: tls, next_hop: 'b:25'}}}}"
    (fault,) = faults_of(tmp_path, text)
    assert f"“{next_hop}” is not host:port" in fault.text


def test_an_ipv6_next_hop_is_written_in_brackets(tmp_path: Path) -> None:
    text = "routes: {relay: {kind: relay, next_hop: '[::1]:2525'}, secure: {kind: tls, next_hop: 'b:25'}}"
    route = config_of(tmp_path, text).routes["relay"]
    assert (route.host, route.port) == ("::1", 2525)


@pytest.mark.parametrize("url", ["mysql://db/x", "sqlite://gateway.db", "gateway.db"])
def test_a_store_of_another_kind_is_refused(tmp_path: Path, url: str) -> None:
    (fault,) = faults_of(tmp_path, f"store:\n  url: {url}\n")
    assert "must start with sqlite:/// or postgresql://" in fault.text
    assert fault.line == 2


def test_at_least_one_door_for_mail_is_needed(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "listeners: {smtp: []}\n")
    assert fault.text.startswith("listeners: smtp and milter are both empty")
    assert config_of(tmp_path, "listeners: {smtp: [], milter: [{port: 8891}]}\n").listeners.smtp == ()


@pytest.mark.parametrize(
    ("listener", "said"),
    [
        ("{}", "listeners.milter.0: give path (a Unix socket) or port (TCP), one of them"),
        ("{path: /run/m.sock, port: 8891}", "listeners.milter.0: give path (a Unix socket) or port (TCP), one of them"),
        ("{port: 8891, group: postfix}", "listeners.milter.0: group: means nothing without path"),
        (
            "{port: 8891, networks: [0.0.0.0/1]}",
            "listeners.milter.0.networks: “0.0.0.0/1” is everybody, or nearly; then",
        ),
        ("{path: /run/m.sock, mode: rw}", "listeners.milter.0.mode: "),
    ],
)
def test_a_milter_listener_that_could_not_work_is_refused(tmp_path: Path, listener: str, said: str) -> None:
    (fault,) = faults_of(tmp_path, f"listeners: {{milter: [{listener}]}}\n")
    assert fault.text.startswith(said)


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, elsewhere = tmp_path / "etc", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    text = """\
listeners: {smtp: [{tls: {certificate: tls/cert.pem, key: /tls/key.pem}}]}
routes: {relay: {kind: relay, next_hop: 'a:25'}, secure: {kind: tls, next_hop: 'b:25', ca_file: ../ca.pem}}
store: {url: 'sqlite:///data/gateway.db', spool: spool}
keys: {folder: keys}
rules: own
"""
    config = config_of(folder, text)
    tls = config.listeners.smtp[0].tls
    assert tls is not None
    assert (tls.certificate, tls.key) == (folder / "tls/cert.pem", Path("/tls/key.pem"))
    assert config.routes["secure"].ca_file == tmp_path / "ca.pem"
    assert config.store.url == f"sqlite:///{folder / 'data/gateway.db'}"
    assert config.store.spool == folder / "spool"
    assert config.keys.folder == folder / "keys"
    assert config.rules == folder / "own"


def test_a_database_elsewhere_is_left_as_it_is(tmp_path: Path) -> None:
    for url in ("sqlite:////srv/gateway.db", "postgresql://dlp@db.council.example/dlp"):
        assert config_of(tmp_path, f"store: {{url: '{url}'}}\n").store.url == url


# -- the environment ---------------------------------------------------------------------------------


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    environ = {
        "DLP_GATEWAY__STORE__URL": "postgresql://db/dlp",
        "DLP_GATEWAY__WORKERS__NAMES": "false",
        "DLP_GATEWAY__CLIENTS": "[{name: mx, networks: [10.1.0.0/16]}]",
        "DLP_GATEWAY__RULES": "own",
        "DLP_GATEWAY_CONFIG": "not a value",
        "HOME": "/root",
    }
    config = config_of(tmp_path, "store: {min_free_bytes: 7, url: 'sqlite:////srv/x.db'}\nworkers:\n", environ)
    assert (config.store.url, config.store.min_free_bytes) == ("postgresql://db/dlp", 7)
    assert config.workers.names is False
    assert config.clients[0].networks == ("10.1.0.0/16",)
    assert config.rules == tmp_path / "own"


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("DLP_GATEWAY__LISTENERS__HEALTH__PORT", "http", "listeners.health.port: "),
        ("DLP_GATEWAY__STORE__URI", "sqlite:////x", "did you mean “url”?"),
        ("DLP_GATEWAY__STORE__URL", "[", "not valid YAML"),
        ("DLP_GATEWAY__LOG_LEVEL", "loud", "log_level: "),
        ("DLP_GATEWAY__CLIENTS__0__NAME", "mx", "clients.0 holds no named values"),
        ("DLP_GATEWAY__HOSTNAME__X", "mx", "hostname holds no named values"),
        ("DLP_GATEWAY__DEFAULT_ROUTE", "relai", "no route “relai”"),
        ("DLP_GATEWAY__COUNCIL", "Example", "council: "),
        ("DLP_GATEWAY__", "x", "unknown key"),
    ],
)
def test_a_bad_value_of_the_environment_names_its_variable(
    tmp_path: Path, variable: str, value: str, text: str
) -> None:
    file = "hostname: mx.council.example\nclients:\n  - {name: local, networks: [127.0.0.0/8]}\n"
    (fault,) = faults_of(tmp_path, file, {variable: value})
    assert fault.file == f"environment {variable}"
    assert text in fault.text


def test_a_fault_to_which_the_environment_contributed_names_it(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "times:\n  inspection_seconds: 30\n", {"DLP_GATEWAY__TIMES__PATIENCE_SECONDS": "9"})
    assert fault.line == 1
    assert "environment DLP_GATEWAY__TIMES__PATIENCE_SECONDS" in fault.text


def test_bad_values_of_the_environment_come_all_at_once(tmp_path: Path) -> None:
    environ: dict[str, Any] = {"DLP_GATEWAY__HOSTNAME__X": "1", "DLP_GATEWAY__STORE__URL": "["}
    faults = faults_of(tmp_path, "hostname: mx.council.example\n", environ)
    assert [fault.file for fault in faults] == [f"environment {name}" for name in sorted(environ)]


def test_a_file_that_is_no_mapping_is_a_fault_even_with_an_environment(tmp_path: Path) -> None:
    for text in ("- a\n- b\n", "just words\n"):
        assert faults_of(tmp_path, text)
        assert faults_of(tmp_path, text, {"DLP_GATEWAY__LOG_LEVEL": "info"})


# -- which file --------------------------------------------------------------------------------------


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"copy config\.example\.yaml there, or name one with --config"):
        load_config(tmp_path / "absent.yaml", {})


def test_a_file_of_another_charset_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("hostname: caf\xe9.example\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_config(path, {})


def test_the_file_is_the_argument_then_the_environments_then_the_folders_then_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"DLP_GATEWAY_CONFIG": "/srv/dlp.yaml"}
    assert find_config("a.yaml", environ) == Path("a.yaml")
    assert find_config(None, environ) == Path("/srv/dlp.yaml")
    assert find_config(None, {}) == SYSTEM_CONFIG
    (tmp_path / "config.yaml").touch()
    assert find_config(None, {}) == Path("config.yaml")


@pytest.mark.parametrize("url", ["https://check.council.example", "https://check.council.example:8443/"])
def test_the_console_is_reached_by_https(tmp_path: Path, url: str) -> None:
    assert config_of(tmp_path, f"console: {{url: '{url}'}}").console.url == url.rstrip("/")


def test_plain_http_is_for_this_machine_alone(tmp_path: Path) -> None:
    assert config_of(tmp_path, "console: {url: 'http://127.0.0.1:8025'}").console.url == "http://127.0.0.1:8025"
    (fault,) = faults_of(tmp_path, "console: {url: 'http://check.council.example'}")
    assert "must start with https://" in fault.text


@pytest.mark.parametrize(
    "url", ["check.council.example", "https://", "https://a.example/console", "https://a.example/?x=1"]
)
def test_an_address_of_the_console_that_links_can_not_begin_with_is_a_fault(tmp_path: Path, url: str) -> None:
    (fault,) = faults_of(tmp_path, f"console: {{url: '{url}'}}")
    assert "is not https://HOST" in fault.text


RELAY = "relay: {kind: relay, next_hop: 'a:25'}"


@pytest.mark.parametrize(
    ("routes", "more", "words"),
    [
        ("secure: {kind: relay}", "", "a route of kind relay needs one"),
        ("secure: {kind: gateway}", "", "a route of kind gateway needs one"),
        ("secure: {kind: tls, tls_name: x.example}", "", "tls_name: means nothing without a next_hop"),
        ("secure: {kind: tls, require_tls: true}", "", "require_tls: means nothing without a next_hop"),
        ("secure: {kind: tls, next_hop: 'b:25', via: relay}", "", "via: means nothing for a route of kind tls"),
        ("secure: {kind: smime, next_hop: 'b:25'}", "", "next_hop: means nothing for a route of kind smime"),
        ("secure: {kind: smime, via: nowhere}", "", "secure.via: no route “nowhere”"),
        ("secure: {kind: smime, via: secure}", "", "“secure” encrypts too"),
        ("secure: {kind: smime, sign: true}", "", "secure.sign: set signing.smime_key first"),
        ("secure: {kind: openpgp}", "notices: {route: secure}\n", "notices are not encrypted to keys"),
        ("secure: {kind: tls}", "default_route: secure\n", "route “secure” needs a next_hop"),
        ("secure: {kind: openpgp}", "default_route: secure\n", "route “secure” needs a next_hop"),
        ("secure: {kind: tls}", "direct: {resolvers: [resolver.example]}\n", "is not an address such as 127.0.0.1"),
        ("secure: {kind: tls}", "signing: {smime_key: k.pem}\n", "give smime_certificate and smime_key, both"),
        ("secure: {kind: tls}", "signing: {openpgp_password_file: p}\n", "there is no openpgp_key"),
    ],
)
def test_a_route_that_could_not_do_what_it_says_is_refused(tmp_path: Path, routes: str, more: str, words: str) -> None:
    (fault,) = faults_of(tmp_path, f"routes: {{{RELAY}, {routes}}}\n{more}")
    assert words in fault.text


@pytest.mark.parametrize("resolver", ["127.0.0.1", "127.0.0.1:5353", "::1", "[::1]:5353"])
def test_a_resolver_is_an_address_with_or_without_a_port(tmp_path: Path, resolver: str) -> None:
    assert config_of(tmp_path, f"direct: {{resolvers: ['{resolver}']}}\n").direct.resolvers == (resolver,)


def test_mail_to_keys_leaves_by_the_route_that_carries_it(tmp_path: Path) -> None:
    routes = f"routes: {{{RELAY}, straight: {{kind: tls}}, a: {{kind: smime}}, b: {{kind: openpgp, via: straight}}}}\n"
    config = config_of(tmp_path, f"{routes}default_encrypt_route: a\n")
    assert [config.way_of(name) for name in ("relay", "a", "b")] == ["relay", "relay", "straight"]
    assert (config.direct_routes, config.key_routes) == ({"straight", "b"}, {"a", "b"})


VERIFIED = "routes: {relay: {kind: relay, next_hop: 'mx.council.example:25', tls: verify}, secure: {kind: tls}}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("authentication: {kind: file}", "file: kind file needs one"),
        ("authentication: {kind: dovecot}", "socket: kind dovecot needs one"),
        ("authentication: {kind: users, file: users}", "file: means nothing for kind users"),
        ("authentication: {kind: file, file: users, route: relay}", "route: means nothing"),
        ("authentication: {kind: dovecot, socket: auth-client}", "neither a path"),
        ("authentication: {kind: dovecot, socket: '10.1.2.3:12345'}", "cross the network in clear"),
        ("authentication: {kind: dovecot, socket: 'mail.council.example:12345'}", "cross the network in clear"),
        ("authentication: {kind: next_hop}", "tls: verify"),
        ("authentication: {kind: next_hop, route: none}", "no route “none”"),
        ("authentication: {kind: next_hop, route: secure}", "must have a next_hop"),
        ("authentication: {addresses: [everybody]}", "not an address pattern"),
        ("authentication: {kind: dovecot, socket: /s}\nusers: [{name: a, password_hash: b}]", "users: are not asked"),
    ],
)
def test_passwords_are_checked_by_one_who_exists_and_can_be_trusted_with_them(
    tmp_path: Path, text: str, words: str
) -> None:
    told = "\n".join(str(fault) for fault in faults_of(tmp_path, text))
    assert words in told


@pytest.mark.parametrize(
    "text",
    [
        "authentication: {kind: dovecot, socket: /run/dovecot/auth-client}",
        "authentication: {kind: dovecot, socket: '127.0.0.1:12345'}",
        "authentication: {kind: dovecot, socket: '[::1]:12345', addresses: ['{user}@council.example']}",
        VERIFIED + "authentication: {kind: next_hop}",
    ],
)
def test_who_checks_passwords_may_be_chosen(tmp_path: Path, text: str) -> None:
    assert config_of(tmp_path, text).authentication.kind in text


def test_a_file_of_users_counts_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    assert config_of(tmp_path, "authentication: {kind: file, file: users}").authentication.file == tmp_path / "users"


@pytest.mark.parametrize("wish", ["require_tls", "implicit_tls"])
def test_a_listener_that_needs_a_certificate_and_has_none_is_a_fault(tmp_path: Path, wish: str) -> None:
    (fault,) = faults_of(tmp_path, f"listeners:\n  smtp:\n    - port: 465\n      {wish}: true\n")
    assert f"{wish}: needs a certificate" in fault.text


PIN = "a" * 64
TLS_LISTENER = "listeners: {smtp: [{port: 25, tls: {certificate: c.pem, key: k.pem}}]}\n"


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("{}", "give fingerprints, or names"),
        ("{fingerprints: [abc]}", "is not a SHA-256 fingerprint"),
        ("{fingerprints: ['" + "g" * 64 + "']}", "is not a SHA-256 fingerprint"),
        ("{names: [mail.council.example]}", "anybody can write any name"),
        ("{authorities: ca.pem, fingerprints: [" + PIN + "]}", "give both or neither"),
        ("{names: ['*.council.example'], authorities: ca.pem}", "not a whole host name"),
        ("{names: [localhost], authorities: ca.pem}", "not a whole host name"),
    ],
)
def test_a_certificate_of_a_client_names_it_without_doubt(tmp_path: Path, certificate: str, words: str) -> None:
    text = TLS_LISTENER + f"clients: [{{name: exchange, certificate: {certificate}}}]"
    assert words in "\n".join(str(fault) for fault in faults_of(tmp_path, text))


def test_a_client_by_certificate_needs_a_listener_on_which_it_can_show_it(tmp_path: Path) -> None:
    text = f"clients: [{{name: exchange, certificate: {{fingerprints: [{PIN}]}}}}]"
    (fault,) = faults_of(tmp_path, text)
    assert "exchange must show a certificate, and no SMTP listener has TLS" in fault.text


def test_a_fingerprint_may_be_written_as_openssl_prints_it(tmp_path: Path) -> None:
    printed = ":".join(["AB"] * 32)
    text = TLS_LISTENER + f"clients: [{{name: exchange, certificate: {{fingerprints: ['{printed}']}}}}]"
    (client,) = config_of(tmp_path, text).clients
    assert client.certificate is not None
    assert client.certificate.fingerprints == ("ab" * 32,)


def test_times_and_days_of_reviews_are_read_as_people_write_them(tmp_path: Path) -> None:
    reviews = config_of(tmp_path, "reviews:\n  digest_times: [09:00, 13:30]\n  bank_holidays: [2026-12-25]\n").reviews
    assert reviews.digest_times == (time(9), time(13, 30)), "YAML 1.1 reads 13:30 as the number 810"
    assert reviews.bank_holidays == (date(2026, 12, 25),)
    wrong = "reviews:\n  digest_times: [9 o'clock, '24:30']\n  bank_holidays: [25 December, 2026-12-25, 2026-12-25]\n"
    texts = [(fault.line, fault.text) for fault in faults_of(tmp_path, wrong)]
    assert [line for line, _ in texts] == [2, 2, 3]
    assert "“9 o'clock” is no time of day such as 09:00 or 13:30" in texts[0][1]
    assert "“25 December” is no day such as 2026-12-25" in texts[2][1]
    (twice,) = faults_of(tmp_path, "reviews:\n  bank_holidays: [2026-12-25, 2026-12-25]\n")
    assert "2026-12-25 stands twice" in twice.text
