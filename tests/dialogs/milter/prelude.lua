-- Read before every script beside it. `socket` is where the milter listens.

function expect(holds, what)
    if not holds then error(what) end
end

function opened()
    local conn = mt.connect(socket)
    expect(conn ~= nil, "can't connect")
    return conn
end

-- A connection with all that a mail server of today offers, whose client is at `ip`.
function client(ip)
    local conn = opened()
    expect(mt.negotiate(conn, 6, 0x1ff, 0x1fffff) == nil, "negotiation failed")
    expect(mt.conninfo(conn, "desk.council.example", ip or "10.1.2.3") == nil, "conninfo failed")
    expect(mt.helo(conn, "desk.council.example") == nil, "helo failed")
    return conn
end

function answered(conn, what, reply)
    expect(mt.getreply(conn) == reply, what .. ": another reply, " .. string.char(mt.getreply(conn)))
end

function from(conn, ...)
    expect(mt.mailfrom(conn, ...) == nil, "mailfrom failed")
end

function to(conn, ...)
    expect(mt.rcptto(conn, ...) == nil, "rcptto failed")
end

-- The message, up to and with its end. miltertest itself puts the blank after the colon where that was agreed on.
function letter(conn)
    expect(mt.header(conn, "From", "<officer@council.example>") == nil, "header failed")
    expect(mt.header(conn, "Subject", "Minutes of\n\tTuesday") == nil, "header failed")
    expect(mt.bodystring(conn, "Please find\r\n") == nil, "body failed")
    expect(mt.bodystring(conn, "the minutes.\r\n") == nil, "body failed")
    expect(mt.eom(conn) == nil, "no answer to the end of the message")
end

function whole(conn, ...)
    from(conn, "<officer@council.example>")
    answered(conn, "MAIL", SMFIR_CONTINUE)
    for _, recipient in ipairs({...}) do
        to(conn, recipient)
        answered(conn, "RCPT", SMFIR_CONTINUE)
    end
    letter(conn)
end
