"""TLS of listeners: certificates that are taken up without a restart, and what clients show of their own."""
