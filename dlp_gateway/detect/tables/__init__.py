"""Tables: columns typed by their headers and by what their cells hold; each row is a person."""
