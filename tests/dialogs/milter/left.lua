-- What is relayed as usual stays with the mail server, which is told what to change and whom to leave out.
conn = client()
mt.macro(conn, SMFIC_MAIL, "i", "4bX1")
whole(conn, "<a@left.example>", "<b@ours.example>", "<c@left.example>")
answered(conn, "end", SMFIR_ACCEPT)
expect(mt.eom_check(conn, MT_HDRINSERT, "X-Mark", " 1", 1), "no mark on top of what it shows")
expect(mt.eom_check(conn, MT_HDRCHANGE, "Subject", " Minutes"), "the subject is not changed")
expect(mt.eom_check(conn, MT_BODYCHANGE, "Please find\r\nthe minutes.\r\n-- \r\nA disclaimer\r\n"), "another body")
expect(mt.eom_check(conn, MT_RCPTDELETE, "<b@ours.example>"), "ours is still in it")
expect(not mt.eom_check(conn, MT_RCPTDELETE, "<a@left.example>"), "its own is gone")
expect(not mt.eom_check(conn, MT_QUARANTINE), "held messages are ours, never the mail server's")
mt.disconnect(conn)
-- O: From: <officer@council.example>\r\nSubject: Minutes of\r\n\tTuesday\r\n\r\nPlease find\r\nthe minutes.\r\n
-- E: recipients=('a@left.example', 'b@ours.example', 'c@left.example')
-- E: client_ip='10.1.2.3'
-- E: client_name='desks'
-- E: helo='desk.council.example'
-- E: client_user=None
-- E: tls=False
