-- Parameters of MAIL and RCPT are those of SMTP, and go on with the message.
conn = client()
from(conn, "<>", "SIZE=100", "BODY=8BITMIME", "RET=HDRS", "ENVID=Q+2B1")
to(conn, "<a@ours.example>", "NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;a@old.example")
answered(conn, "RCPT", SMFIR_CONTINUE)
letter(conn)
answered(conn, "end", SMFIR_DISCARD)
mt.disconnect(conn)
-- E: reverse_path=None
-- E: params.body='8BITMIME'
-- E: params.ret='HDRS'
-- E: params.envid='Q+2B1'
-- E: recipient_params=(RecipientParams(notify='SUCCESS,FAILURE', orcpt='rfc822;a@old.example'),)
