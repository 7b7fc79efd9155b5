"""The files of a rules folder as texts: the shipped ones, each replaced where the council has its own.

What is in the files is not known here; `decide` and `detect` read the texts.
"""

from __future__ import annotations

from pathlib import Path

from .errors import ConfigError, Fault

SUFFIXES = frozenset({".yaml", ".yml", ".txt", ".html", ".csv", ".po"})
_PACKAGE = Path(__file__).resolve().parent


def shipped_folder() -> Path:
    """The folder of the shipped rules: inside the package where it was installed from a wheel, else
    `rules/` of the checkout."""
    installed = _PACKAGE / "_rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


def load_texts(folder: Path | None) -> dict[str, str]:
    """All rule files by their name relative to the folder ("recognisers/uk-nhs-number.yaml"), sorted.

    A file missing in `folder` is the shipped one; None means the shipped ones alone. Names that start
    with a dot, editors' copies and other suffixes are no rules. Raises ConfigError with every file that
    can't be read.
    """
    faults: list[Fault] = []
    texts = _read(shipped_folder(), faults)
    if folder is not None:
        if folder.is_dir():
            texts |= _read(folder, faults)
        else:
            faults.append(Fault(file=str(folder), text="is not a folder; name the folder of the rule files"))
    if faults:
        raise ConfigError(faults)
    return dict(sorted(texts.items()))


def _read(folder: Path, faults: list[Fault]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.suffix not in SUFFIXES or any(part.startswith(".") for part in relative.parts) or path.is_dir():
            continue
        try:
            texts[relative.as_posix()] = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            faults.append(Fault(file=str(path), text=f"can't be read ({error.strerror})"))
        except UnicodeDecodeError:
            faults.append(Fault(file=str(path), text="is not UTF-8 text; save it as UTF-8"))
    return texts
