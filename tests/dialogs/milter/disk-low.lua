-- What can't be taken now is said at MAIL, before the message is sent.
-- @ admission 452 4.3.1
conn = client()
from(conn, "<officer@council.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "it is let in")
mt.disconnect(conn)
-- no message
