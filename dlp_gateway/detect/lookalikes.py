"""Letters of other scripts that a reader takes for ASCII letters or digits.

Each pair of lines says what the characters above look like. The table is our own, after the idea of Unicode Technical
Standard #39, 4 (Confusable Detection), kept to single letters that mail programs' usual fonts show nearly
alike; forms of ASCII letters that compatibility normalisation (NFKC) resolves are not in it.
"""

from __future__ import annotations

import re

_SCRIPTS: dict[str, tuple[str, str, str]] = {
    # script: its code points as a character class, its look-alikes, what they look like
    "cyrillic": (
        "\u0400-\u052f\u1c80-\u1c8f",
        "АВСЕЅІЈКМНОРТУХѴԚԜҮԌӀЗԀЬасеѕіјорухѵԁԛԝһӏүгпкмтб",
        "ABCESIJKMHOPTYXVQWYGI3dbacesijopyxvdqwhlyrnkmt6",
    ),
    "greek": (
        "\u0370-\u03ff\u1f00-\u1fff",
        "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿϜαγικνορσυϲϳητ",
        "ABEZHIKMNOPTYXCJFayikvopoucjnt",
    ),
    "armenian": ("\u0530-\u058f", "ՏՍՕԼօհոսցզլյքգռ", "SUOLohnugqljfqn"),
    "cherokee": (
        "\u13a0-\u13ff\uab70-\uabbf",
        "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᎿᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏴ",
        "DRTiYAJEWMHYGhZ4bRWSVSLCPKdB",
    ),
    "lisu": ("\ua4d0-\ua4ff", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHIJKLMNOPRSTUVWXYZ"),
    "coptic": ("\u2c80-\u2cff", "ⲀⲂⲤⲈⲎⲒⲔⲘⲚⲞⲢⲦⲨⲬⲌⲟⲥⲣⲓ", "ABCEHIKMNOPTYXZocpi"),
    # Letters of the Latin script itself that no name of Europe is written with, small capitals among them
    "latin": (
        "",
        "ıȷɑɡɩɪʏʋƽƼƧƨǀƷȜᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡᴢ",
        "ijagiiyvs522l33abcdefghjklmnoprstuvwz",
    ),
}


def _table() -> dict[str, tuple[str, str]]:
    table = {}
    for script, (_, characters, looks) in _SCRIPTS.items():
        for character, look in zip(characters, looks, strict=True):
            table[character] = (look, script)
    return table


_TABLE = _table()
LOOK_ALIKES = frozenset(_TABLE)

_TOKEN = re.compile(r"[^\W_]+")
# The letters that only the script itself has: where one stands, words in that script are words.
_GENUINE = {script: re.compile(f"(?![{looks}])[{points}]") for script, (points, looks, _) in _SCRIPTS.items() if points}


def look_of(character: str) -> str:
    """The ASCII letter or digit that a character looks like; the character itself where it looks like none."""
    return _TABLE.get(character, (character,))[0]


def undisguise(text: str) -> str:
    """The text with look-alikes as what they look like, character for character.

    A word that mixes them with ASCII letters or digits is read so; a word of look-alikes alone only where nothing else
    in the text is written in their script, so that Russian and Greek stay as they are. Linear.
    """
    beyond = [character for character in set(text) if not character.isascii()]
    genuine = {script for script, pattern in _GENUINE.items() if any(map(pattern.match, beyond))}

    def plain(word: re.Match[str]) -> str:
        return word[0] if word[0].isascii() else _plain_word(word[0], genuine)

    return "\n".join(line if line.isascii() else _TOKEN.sub(plain, line) for line in text.split("\n"))


def _plain_word(word: str, genuine: set[str]) -> str:
    mixed = any(c.isascii() for c in word)
    plain = "".join(_TABLE[c][0] if c in _TABLE and (mixed or _TABLE[c][1] not in genuine) else c for c in word)
    # An O among digits alone is meant for a nought.
    if plain != word and all(c.isdigit() or c in "OoIl" for c in plain) and any(c.isdigit() for c in word):
        plain = plain.translate(str.maketrans("OoIl", "0011"))
    return plain
