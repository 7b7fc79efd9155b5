"""PDF: the text of each page by pdfium, and by a walk over its objects what stands on no page.

    streams    decoding within the budget
    strings    what people wrote into objects: comments, form fields, bookmarks, properties, scripts
    contents   what is drawn, where, how costly; what no page draws
    extra      pages of our own making for what no page draws, so that pdfium reads it too
    earlier    versions of the document that an incremental update has superseded
    pages      the text of pages; hidden text apart
    pictures   pages that are pictures, and pictures on pages
    reader     all of these in order

pikepdf (qpdf) and pypdfium2 (pdfium) enter the package here. Both are native and read hostile files: they run in the
reader's process, which can be lost.
"""

from .reader import read_pdf

__all__ = ["read_pdf"]
