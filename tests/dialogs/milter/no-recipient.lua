-- A message for nobody is refused, never taken.
conn = client()
from(conn, "<officer@council.example>")
to(conn, "<a%evil.example@council.example>")
letter(conn)
expect(mt.eom_check(conn, MT_SMTPREPLY, "554", "5.5.1"), "a message for nobody is taken")
mt.disconnect(conn)
-- no message
