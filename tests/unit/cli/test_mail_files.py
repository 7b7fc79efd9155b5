"""Messages out of every kind of file that holds some."""

from __future__ import annotations

import io
import mailbox
import sys
from pathlib import Path

import pytest

from dlp_gateway.cli.mail_files import MailFile, printable, read_mail_files
from dlp_gateway.errors import ConfigError

MAIL = b"From: jo.evans@council.example\r\nSubject: Monday %d\r\n\r\nThe bins are emptied on Monday.\r\n"


def mail(number: int) -> bytes:
    return MAIL % number


def read(*paths: Path | str) -> list[tuple[str, bytes]]:
    return [(file.name, file.octets) for file in read_mail_files([str(path) for path in paths])]


def test_a_file_is_one_message_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail(1))
    assert read(path) == [(str(path), mail(1))]


def test_a_file_of_any_name_that_is_named_is_read(tmp_path: Path) -> None:
    path = tmp_path / "1730000000.M1.mx"
    path.write_bytes(mail(1))
    assert read(path) == [(str(path), mail(1))]


def test_a_folder_gives_its_mails_in_order_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, number in (("b.eml", 2), ("a.EML", 1), ("sub/c.eml", 3), ("notes.txt", 9), ("sub/d.eml~", 9)):
        (tmp_path / name).write_bytes(mail(number))
    assert read(tmp_path) == [(str(tmp_path / n), mail(i)) for n, i in (("a.EML", 1), ("b.eml", 2), ("sub/c.eml", 3))]


def test_an_mbox_gives_each_message_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "sent.mbox"
    box = mailbox.mbox(path)
    for number in (1, 2):
        box.add(mail(number).replace(b"\r\n", b"\n"))
    box.close()
    assert read(path) == [(f"{path}#{n}", mail(n).replace(b"\r\n", b"\n")) for n in (1, 2)]
    assert [name for name, _ in read(tmp_path)] == [f"{path}#1", f"{path}#2"]


def test_a_maildir_gives_what_is_new_and_what_was_seen(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    box.add(mail(1))
    seen = mailbox.MaildirMessage(mail(2))
    seen.set_subdir("cur")
    box.add(seen)
    box.close()
    (tmp_path / "Maildir" / "tmp" / "half").write_bytes(b"half a mess")
    assert sorted(octets.count(b"Monday 1") for _, octets in read(tmp_path / "Maildir")) == [0, 1]


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail(1))))
    assert read("-") == [("-", mail(1))]


def test_a_mail_that_begins_with_from_and_a_space_is_a_mail_when_its_name_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From jo Mon Nov 23 09:00:00 2026\n" + mail(1))
    assert len(read(path)) == 1


def test_every_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "a.eml", tmp_path, tmp_path / "b.eml")
    assert [Path(fault.file).name for fault in caught.value.faults] == ["a.eml", "b.eml"]


def test_a_folder_without_mail_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no \.eml or \.mbox file"):
        read(tmp_path)


def test_the_text_of_a_mail_never_shows_in_a_log_of_it() -> None:
    assert "Monday" not in repr(MailFile(name="a.eml", octets=mail(1)))


def test_nothing_that_steers_a_terminal_is_printed() -> None:
    text = "sheet \x1b[2J\u202e\x9b1m\udcff\u200b\r.csv\n\té"
    assert printable(text) == "sheet \\x1b[2J\\u202e\\x9b1m\\udcff\\u200b\\r.csv\n\té"
