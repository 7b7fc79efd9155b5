-- A client whose address the mail server does not know is a stranger.
conn = client("unspec")
from(conn, "<officer@council.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "somebody unknown is let in")
mt.disconnect(conn)
-- no message
