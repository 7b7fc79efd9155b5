-- A bare LF or CR in the body is refused as by SMTP: the next server might see another message.
conn = client()
from(conn, "<officer@council.example>")
to(conn, "<a@ours.example>")
mt.bodystring(conn, "one\n.\ntwo\r\n")
expect(mt.eom(conn) == nil, "no answer")
expect(mt.eom_check(conn, MT_SMTPREPLY, "554", "5.6.11"), "it is taken")
mt.disconnect(conn)
-- no message
