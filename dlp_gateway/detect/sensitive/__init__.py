"""Statements that say something sensitive about a person, told from topics."""
