"""The demonstration: sample mails of an invented council, what must become of each, and a next hop to receive them."""
