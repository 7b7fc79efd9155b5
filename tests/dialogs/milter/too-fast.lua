-- What is more than an entry has a minute is put off, as by SMTP.
conn = client("10.8.0.1")
from(conn, "<officer@council.example>")
for number = 1, 3 do
    to(conn, "<" .. number .. "@ours.example>")
    answered(conn, "RCPT", SMFIR_CONTINUE)
end
to(conn, "<4@ours.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "a fourth recipient is taken")
letter(conn)
answered(conn, "end", SMFIR_DISCARD)
from(conn, "<officer@council.example>")
answered(conn, "MAIL", SMFIR_CONTINUE)
mt.abort(conn)
from(conn, "<officer@council.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "a third message is taken")
mt.disconnect(conn)
-- E: recipients=('1@ours.example', '2@ours.example', '3@ours.example')
