"""SMTP in: from a client's connection to a Message, and from dispositions back to a Reply.

`smtp.py` is the server (the only door to aiosmtpd), `smtp_codec.py` the grammar and the framing,
`reply.py` every text that a client can hear. Who the client is: `proxy_door.py` (behind a load balancer),
`tellers.py` (as others say), `clients.py` (by address and certificate), `auth/` (by log-in).
"""
