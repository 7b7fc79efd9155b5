"""What is signed or encrypted: the content where it can be read, else a gap."""
