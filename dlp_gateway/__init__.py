"""An outbound e-mail data-leak-prevention gateway.

A message rises through seven verbs, each a folder with one entry function:

    receive -> parse -> extract -> detect -> decide -> change -> act

``store`` lies below them and keeps what must survive a crash; ``pipeline.py`` calls the verbs in
order and is the file to read first; ``model.py`` holds the values they exchange; ``app.py`` builds
every object from the configuration. Everything that judges is pure; everything that touches the
world stands at the two ends and in the store. See ``docs/way-of-a-message.md``.
"""

__version__ = "0.1.0"
