"""Text as such: bodies, tables, calendars and cards, and what is typed into text in another form."""
