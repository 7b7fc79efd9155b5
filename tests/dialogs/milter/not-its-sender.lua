-- From where others send, too, only senders of the entry are taken, as by SMTP.
conn = client("10.9.0.1")
from(conn, "<somebody@elsewhere.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "another's sender is taken")
mt.abort(conn)
whole(conn, "<a@ours.example>")
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
-- E: client_name='shared'
