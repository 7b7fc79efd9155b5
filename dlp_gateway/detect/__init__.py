"""Passages to findings: pure but for the language model, which is loaded once and read only.

`detector.py` is the entry. A text is read in its canonical form (`normalise.py`) and searched for:

- `patterns/`   what the recogniser files say, judged by `checks/` and by the words around a match
- `recognisers/` the door to presidio-analyzer and spaCy
- `disguise/`   values that are broken up, encoded, turned round
- `tables/`     sheets, CSV and tables pasted into a text: columns typed, rows are people
- `places/`     addresses; places and organisations, which never count
- `names/`      people, by lists, grammar and the model
- `sensitive/`  statements about health, beliefs, offences, safeguarding
- `records/`    matches with the council's own records and registered documents

What is not to be counted is marked, and what stands together becomes an individual (`people/`). The files of rules
are read by `ruleset.py`; `found.py` and `overlap.py` are what all of these exchange.
"""
