-- Who has proven who they are to the mail server may send from anywhere; the next message of that session, which
-- nobody proved, may not.
conn = client("192.0.2.1")
mt.macro(conn, SMFIC_HELO, "{tls_version}", "TLSv1.3")
expect(mt.helo(conn, "laptop.example") == nil, "helo failed")
mt.macro(conn, SMFIC_MAIL, "i", "4bX1", "{auth_authen}", "ann")
whole(conn, "<a@ours.example>")
answered(conn, "end", SMFIR_DISCARD)
mt.macro(conn, SMFIC_MAIL, "i", "4bX2")
from(conn, "<officer@council.example>")
expect(mt.getreply(conn) == SMFIR_REPLYCODE, "the user of another message counts")
mt.disconnect(conn)
-- E: client_user='ann'
-- E: client_name='mail-server'
-- E: vouches_for_sender=True
-- E: tls=True
