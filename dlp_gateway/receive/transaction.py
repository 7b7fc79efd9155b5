"""One mail transaction while its commands come in."""

from __future__ import annotations

from ..model import Envelope, MailParams, RecipientParams
from .smtp_codec import MailCommand, RcptCommand


class Transaction:
    """From MAIL to DATA. A recipient named twice counts once, with its first parameters."""

    __slots__ = ("_recipients", "params", "reverse_path", "vouched")

    def __init__(self, mail: MailCommand, *, vouched: bool) -> None:
        self.reverse_path = mail.reverse_path
        self.params: MailParams = mail.params
        self.vouched = vouched
        self._recipients: dict[str, RecipientParams] = {}

    def __len__(self) -> int:
        return len(self._recipients)

    def __contains__(self, recipient: str) -> bool:
        return recipient in self._recipients

    def add(self, rcpt: RcptCommand) -> None:
        """Take one more recipient."""
        self._recipients.setdefault(rcpt.recipient, rcpt.params)

    def envelope(
        self, *, client_ip: str, client_name: str, client_user: str | None, helo: str, tls: bool, tls_text: str = ""
    ) -> Envelope:
        """What SMTP said, as a value."""
        params = tuple(self._recipients.values())
        return Envelope(
            reverse_path=self.reverse_path,
            recipients=tuple(self._recipients),
            params=self.params,
            recipient_params=params if any(p.notify or p.orcpt for p in params) else (),
            client_ip=client_ip,
            client_name=client_name,
            client_user=client_user,
            vouches_for_sender=self.vouched,
            helo=helo,
            tls=tls,
            tls_text=tls_text,
        )
