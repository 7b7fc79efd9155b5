"""The JSON API: what the console's pages do, for programs, by the same functions, permissions and records."""
