"""Whose data it is: individuals, their spellings, and who does not count."""
