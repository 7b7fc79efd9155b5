-- Where no recipient stays with the mail server it drops the message: we have it, durably.
conn = client()
whole(conn, "<a@ours.example>")
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
