"""Addresses at home and abroad, and the places, organisations and groups that are nobody."""
