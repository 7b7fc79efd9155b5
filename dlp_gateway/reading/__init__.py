"""Reading files apart: every document is read in a process of its own, which sees one message and then ends.

    worker   -- job -->  keeper  -- job -->  reader (forked, locked down: no file, no network, no process)
             <- items -          <- items -
                         keeper  -- one file -->  program of another maker, under bubblewrap (`ocr`, `unar`)

The keeper never looks at a document: it forks readers, hands octets to and fro, and holds the clock. A reader that is
late, dies or wants too much memory costs the file it was reading, no other. One keeper serves one worker; all keepers
are forked from one *brood*, a small process that has the reading libraries loaded and runs none of them. `client` is
the worker's end. Only `brood` and `settings` may be imported by the gateway's own process: the others load what reads
hostile documents.
"""
