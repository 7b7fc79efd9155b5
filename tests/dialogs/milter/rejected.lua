-- A refusal is said in the session: the mail server's client hears it.
conn = client()
whole(conn, "<a@rejected.example>")
expect(mt.eom_check(conn, MT_SMTPREPLY, "550", "5.7.1"), "no refusal by policy")
mt.disconnect(conn)
