-- What is declared too large is refused before it comes, what is too large at its end.
-- @ message_bytes 65536
conn = client()
from(conn, "<officer@council.example>", "SIZE=70000")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "it is not refused at once")
mt.abort(conn)
from(conn, "<officer@council.example>")
to(conn, "<a@ours.example>")
expect(mt.bodyrandom(conn, 70000) == nil, "body failed")
expect(mt.eom(conn) == nil, "no answer")
expect(mt.eom_check(conn, MT_SMTPREPLY, "552", "5.3.4"), "it is taken")
mt.disconnect(conn)
-- no message
