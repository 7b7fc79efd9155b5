-- One connection carries many messages.
conn = client()
for number = 1, 20 do
    whole(conn, "<a@left.example>", "<" .. number .. "@ours.example>")
    answered(conn, "end", SMFIR_ACCEPT)
    expect(mt.eom_check(conn, MT_RCPTDELETE, "<" .. number .. "@ours.example>"), "another recipient is left out")
end
mt.disconnect(conn)
