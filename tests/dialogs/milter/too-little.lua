-- A mail server that can't leave recipients out is not worked with: it falls back to what it does without a filter.
conn = opened()
expect(mt.negotiate(conn, 6, 0x17, 0x1fffff) ~= nil, "it is worked with")
mt.disconnect(conn, false)
-- no message
