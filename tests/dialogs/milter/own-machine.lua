-- What the mail server's own machine sends (the sendmail command) is the mail server's.
conn = client("127.0.0.1")
whole(conn, "<a@ours.example>")
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
-- E: client_name='mail-server'
-- E: vouches_for_sender=False
