"""Delivery straight to the servers of recipients' domains, only under TLS that is proven to end there."""
