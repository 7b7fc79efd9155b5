-- A header field that would be two in the message as we see it is refused: the mail server counts one.
conn = client()
from(conn, "<officer@council.example>")
to(conn, "<a@ours.example>")
mt.header(conn, "Subject", "one\nX-Other: two")
expect(mt.eom(conn) == nil, "no answer")
expect(mt.eom_check(conn, MT_SMTPREPLY, "554", "5.6.0"), "it is taken")
mt.disconnect(conn)
-- no message
