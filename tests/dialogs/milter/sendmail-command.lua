-- Postfix shows what the sendmail command takes in without angle brackets.
conn = client("127.0.0.1")
from(conn, "officer@council.example")
to(conn, "a@ours.example")
answered(conn, "RCPT", SMFIR_CONTINUE)
letter(conn)
answered(conn, "end", SMFIR_DISCARD)
from(conn, "")
to(conn, "<b@ours.example>")
letter(conn)
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
-- E: reverse_path=None
-- E: recipients=('b@ours.example',)
