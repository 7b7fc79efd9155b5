-- Asked for is what is used, and nothing else.
conn = opened()
expect(mt.negotiate(conn, 6, 0x1ff, 0x1fffff) == nil, "negotiation failed")
for _, wanted in ipairs({SMFIF_ADDHDRS, SMFIF_CHGHDRS, SMFIF_CHGBODY, SMFIF_DELRCPT}) do
    expect(mt.test_action(conn, wanted), "an action is missing")
end
for _, not_wanted in ipairs({SMFIF_ADDRCPT, SMFIF_QUARANTINE, SMFIF_CHGFROM}) do
    expect(not mt.test_action(conn, not_wanted), "an action is asked for that is never used")
end
for _, wanted in ipairs({SMFIP_NR_CONN, SMFIP_NR_HELO, SMFIP_NR_HDR, SMFIP_NR_BODY, SMFIP_NOUNKNOWN, SMFIP_NODATA, SMFIP_NOEOH, SMFIP_HDR_LEADSPC}) do
    expect(mt.test_option(conn, wanted), "an option is missing")
end
for _, not_wanted in ipairs({SMFIP_NOMAIL, SMFIP_NORCPT, SMFIP_NOBODY, SMFIP_NOHDRS, SMFIP_NR_MAIL, SMFIP_NR_RCPT, SMFIP_SKIP}) do
    expect(not mt.test_option(conn, not_wanted), "an option is asked for that would blind us")
end
mt.disconnect(conn)
-- no message
