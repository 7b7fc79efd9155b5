-- Whatever goes wrong here, the mail server keeps the message.
conn = client()
whole(conn, "<a@bug.example>")
expect(mt.eom_check(conn, MT_SMTPREPLY, "451", "4.3.0"), "a fault of ours is not temporary")
whole(conn, "<a@ours.example>")
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
