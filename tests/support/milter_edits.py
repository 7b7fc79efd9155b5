"""What a mail server does with a filter's edits, done here: tests of the edits must not believe themselves."""

from __future__ import annotations

from dlp_gateway.change.edits import Edits


def apply_edits(message: bytes, edits: Edits) -> bytes:
    """The message after the edits, each done in its turn. Raises IndexError for a field that is not there."""
    header, _, body = message.partition(b"\r\n\r\n") if not message.startswith(b"\r\n") else (b"", b"", message[2:])
    fields: list[bytes] = []
    for line in header.split(b"\r\n") if header else []:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b"\r\n" + line
        else:
            fields.append(line)
    for new in edits.new:
        fields.insert(new.index, new.name + b":" + new.value)
    for change in edits.changed:
        of_name = [n for n, one in enumerate(fields) if one.split(b":")[0].lower() == change.name.lower()]
        place = of_name[change.number - 1]
        if change.value is None:
            del fields[place]
        else:
            fields[place] = change.name + b":" + change.value
    return b"".join(one + b"\r\n" for one in fields) + b"\r\n" + (body if edits.body is None else edits.body)
