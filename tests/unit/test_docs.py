"""What the documentation promises holds: its links, its commands, its words, its tables."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dlp_gateway.cli import main

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
PAGE_NAMES = [page.relative_to(REPOSITORY).as_posix() for page in PAGES]

# Words that others use for things that have another name here (glossary of docs/glossary.md, right column).
BANNED = ("bounced", "moderator", "parked", "quarantine", "scan", "scanner", "scanned", "ticket", "upstream")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z.-]*):(?!=)", MAKEFILE, flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z][a-z.-]*)", page.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named <= targets()


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_every_file_of_the_package_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:dlp_gateway|rules|deploy|tests|docs)/[\w./-]+\w|[a-z_]+/[a-z_]+\.py)`", text)
    missing = [
        name for name in named if not (REPOSITORY / name).exists() and not (REPOSITORY / "dlp_gateway" / name).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
def test_no_page_uses_a_word_that_the_glossary_bans(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    words = re.findall(r"[a-z]+", re.sub(r"^\|.*", "", text, flags=re.MULTILINE) if page.stem == "glossary" else text)
    assert sorted(set(words) & set(BANNED)) == []


def test_the_readme_names_the_two_commands() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^    make (\w+)$", readme, flags=re.MULTILINE) == ["demo", "test"]


def test_every_target_for_people_says_what_it_does() -> None:
    helped = set(re.findall(r"^([a-z.-]+):.*## ", MAKEFILE, flags=re.MULTILINE))
    assert targets() - helped == {"system-packages"}


def test_every_dependency_stands_in_the_table_of_dependencies() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in project["dependencies"]}
    table = re.findall(r"^\| ([^|]+) \|", (REPOSITORY / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE)
    listed = {name.strip().lower() for cell in table for name in cell.split(",")}
    assert names - listed == set()
    assert listed - names == {"package"}


def test_decisions_are_numbered_without_a_gap_and_say_their_state() -> None:
    records = sorted((REPOSITORY / "docs/decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(len(records)))
    for record in records:
        assert re.search(r"State: (proposed|in force|replaced)", record.read_text(encoding="utf-8")), record.name


def test_no_lock_file_names_a_registry() -> None:
    locks = [*REPOSITORY.glob("requirements*.lock"), REPOSITORY / "tests/clients/package-lock.json"]
    assert len(locks) == 4
    assert [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")] == []


def test_every_dependency_is_locked_with_its_hashes() -> None:
    for lock in REPOSITORY.glob("requirements*.lock"):
        entries = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        assert entries
        assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_command_of_ours_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = set(re.findall(r"^ {4}([a-z][a-z-]*)", capsys.readouterr().out, flags=re.MULTILINE))
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"(?:^|[`/ ])dlp-gateway ([a-z][a-z-]+)", text, flags=re.MULTILINE))
    assert named - commands == set()
