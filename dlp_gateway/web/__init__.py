"""The web console: a process of its own, which shares nothing with the gateway but the store and one key.

It shows and it writes wishes down; the gateway carries them out. So far it has one journey, that of a sender whose mail
is held: `sender.py` are its pages, `sender_session.py` says who is signed in, `sender_view.py` what a page tells.
`settings.py` are Django's settings, `server.py` starts and stops the process.
"""
