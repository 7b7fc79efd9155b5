"""Makes the word lists of names anew, from a folder FAKER with Faker in it and a list of British words:

    pip install --target FAKER faker==40.54.0
    PYTHONPATH=FAKER python -m bench.name_lists british-english-small rules/lexicons

`british-english-small` is that of Debian's package wbritish-small 2020.12.07-2 (SCOWL). Writes `first-names.yaml`,
`last-names.yaml` and `ordinary-words.yaml` into the folder named last. Names are kept without accents, as
`dlp_gateway.detect.names.lists.fold` writes them: look-ups fold what they look up. The gateway does not use Faker.
"""

# ruff: noqa: SIM905 - a word a line would be no easier to read
from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from faker.providers import person  # type: ignore[import-not-found]  # of a bench's own environment

from dlp_gateway.detect.names.lists import fold

_MIT = """\
# Derived from the name lists of Faker 40.54.0 (person providers of all its languages; copyright (c) 2012 Daniele
# Faraglia and contributors), used under the MIT licence. Made by bench/name_lists.py; additions stand in {added}.
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice
# and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS
# PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
# MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT
# HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
# ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
_SCOWL = """\
# Ordinary words of English in small letters: a name that is also one of these needs more than a capital to be a name.
# The words in small letters of SCOWL (Spell Checker Oriented Word Lists), size "small", British spelling, as packaged
# by Debian (wbritish-small 2020.12.07-2), without those that are mostly names. Made by bench/name_lists.py.
#
# Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word lists, the
# associated scripts, the output created from the scripts, and its documentation for any purpose is hereby granted
# without fee, provided that the above copyright notice appears in all copies and that both that copyright notice and
# this permission notice appear in supporting documentation. Kevin Atkinson makes no representations about the
# suitability of this array for any purpose. It is provided "as is" without express or implied warranty.
"""
_PARTICLES = frozenset(
    "van der den de da di do dos das del della la le el al von zu zur ten ter o mac mc nic ni st san y e "
    "an a na giolla ghille mhic".split()
)
# Entries of the lists that name nobody.
_NOISE = frozenset(
    "unknown unnamed infant male female baby council forum media server press author lawyer doctor floor yoga salami "
    "tea orange valves unique journey liberty said canal metro job raid loan line link safari jail octave sonata "
    "genie immaculate golden colon tilde per can my us an else less hence among owe made till ever lies ah con era "
    "sine tab her lo anon ants emit infant admiral captain colonel commodore general governor judge major marshal "
    "pastor princess queen sister son squire peer friend gal bitten brain fleet gauge gun harsh icy "
    "joke kick leafy lean leaner loot lope mad mat mate mats media mentor mist nail nil odd oral ova "
    "pate paw pleas puck reason redden rein rim roar roll rut sad saga salami sari sever shade sing skip sole storm "
    "tan theta ties tiny tone tore toy true unique valid veer villa wage wash windy wing".split()
)
# Words of the dictionary that, with a capital, are names far more often than not.
_MOSTLY_NAMES = frozenset(
    "amir barney bob carol derrick harry heather jack ken maria martin matt mike nick peter rob robin rosemary sally "
    "sue frank holly daisy poppy ruby lily penny dolly kitty flora cam eddy hart watt khan shah bill "
    "billy bobby tom tony terry john max roger jimmy jasper hector felicity phoebe jasmine noel josh meg".split()
)
_CYRILLIC = dict(
    zip(
        "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюяѝ",
        "a b v h g d e ye yo zh z y i yi y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i".split(" "),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(),
        strict=True,
    )
)


def main(words_file: str, folder: str) -> None:
    """Write the three lists."""
    by_language, last = _names("first_"), set().union(*_names("last_").values())
    # The long American list holds every surname that was ever given to a child: those are last names.
    american = by_language.pop("en")
    first = set().union(*by_language.values())
    first |= american - last
    _write(Path(folder, "first-names.yaml"), "First names, folded.", _MIT, "first-names-added.yaml", "Faker", first)
    _write(Path(folder, "last-names.yaml"), "Last names, folded.", _MIT, "last-names-added.yaml", "Faker", last)
    lines = Path(words_file).read_text(encoding="utf-8").split()
    words = {w for w in lines if w.isascii() and w.isalpha() and w.islower() and len(w) > 1} - _MOSTLY_NAMES
    _write(Path(folder, "ordinary-words.yaml"), "Ordinary words.", _SCOWL, "", "SCOWL (its own licence)", words)


def _names(prefix: str) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(person.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        ukrainian = module.name.startswith("uk")
        found: set[str] = set()
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if attribute.startswith(prefix) and "name" in attribute and isinstance(values, list | tuple | dict):
                for value in values:
                    if isinstance(value, str):
                        found.update(_words(value, ukrainian=ukrainian))
        names[module.name] = found - _NOISE
    return names


def _words(name: str, *, ukrainian: bool) -> Iterable[str]:
    written = name.lower().replace("’", "'")
    if re.search("[а-яѝ]", written):
        table = _CYRILLIC | ({} if ukrainian else {"г": "g", "и": "i"})
        written = "".join(table.get(c, c) for c in written)
    written = fold("".join(_GREEK.get(c, c) for c in fold(written)))
    parts = [w for w in written.split() if w not in _PARTICLES]
    for part in parts:
        plain = part.strip("-'.")
        if re.fullmatch(r"[a-z][a-z'\-]*[a-z]", plain) and len(plain) > 1:
            yield plain
            if "ü" in name or "ö" in name or "ä" in name:
                german = name.lower().replace("ü", "ue").replace("ö", "oe").replace("ä", "ae")
                yield from (fold(w) for w in german.split() if w.isalpha() and w not in _PARTICLES)


def _write(path: Path, title: str, notice: str, added: str, source: str, words: set[str]) -> None:
    text = textwrap.fill(" ".join(sorted(words)), 118, break_on_hyphens=False, break_long_words=False)
    body = textwrap.indent(text, "  ")
    head = f"# {title}\n{notice.format(added=added)}"
    path.write_text(f"{head}kind: words\nsource: {source}\ntext: >\n{body}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
