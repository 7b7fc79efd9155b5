-- A message that is given up at any point leaves nothing behind for the next.
conn = client()
from(conn, "<one@council.example>")
mt.abort(conn)
from(conn, "<two@council.example>")
to(conn, "<b@ours.example>")
mt.abort(conn)
from(conn, "<three@council.example>")
to(conn, "<b@ours.example>")
mt.header(conn, "X-Other", "message")
mt.bodystring(conn, "Another message\r\n")
mt.abort(conn)
whole(conn, "<a@ours.example>")
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
-- O: From: <officer@council.example>\r\nSubject: Minutes of\r\n\tTuesday\r\n\r\nPlease find\r\nthe minutes.\r\n
-- E: reverse_path='officer@council.example'
-- E: recipients=('a@ours.example',)
