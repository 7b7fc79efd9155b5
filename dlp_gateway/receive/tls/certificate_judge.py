"""Whether a certificate is that of a client entry."""

from __future__ import annotations

from ...config_access import Client, ClientCertificate
from ...errors import ConfigError, Fault
from .peer import Authorities, PeerCertificate


class CertificateJudge:
    """Knows the certificates of one entry. Raises ConfigError for a file of authorities that can't be used."""

    def __init__(self, client: Client, wanted: ClientCertificate) -> None:
        self._fingerprints = frozenset(wanted.fingerprints)
        self._names = frozenset(wanted.names)
        self._authorities: Authorities | None = None
        if wanted.authorities is None:
            return
        try:
            self._authorities = Authorities(wanted.authorities)
        except (OSError, ValueError):
            text = f"authorities of client {client.name} can't be read as certificates in PEM"
            raise ConfigError([Fault(file=str(wanted.authorities), text=text)]) from None

    def fault(self, certificate: PeerCertificate) -> str | None:
        """Why it is not the entry's, for an administrator's log; None when it is.

        A fingerprint stands for itself, whatever the certificate says of its own end.
        """
        if self._fingerprints & {certificate.fingerprint, certificate.key_fingerprint}:
            return None
        if self._authorities is None:
            return "its fingerprint and that of its key are others"
        if not any(_covers(shown, name) for shown in certificate.names for name in self._names):
            return "it carries none of the names"
        return self._authorities.fault(certificate)


def _covers(shown: str, name: str) -> bool:
    """Whether a name of a certificate, in which a first label may be "*", stands for this one (RFC 6125, 6.4.3)."""
    if shown.startswith("*."):
        return name.partition(".")[2] == shown[2:]
    return shown == name
