-- Whom no entry of `clients` lets in may not send through us, although the mail server let them in.
conn = client("192.0.2.1")
from(conn, "<officer@council.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "a stranger is let in")
mt.disconnect(conn)
-- no message
