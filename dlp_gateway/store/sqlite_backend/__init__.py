"""Django's SQLite backend on a SQLite without the WAL-reset bug."""
