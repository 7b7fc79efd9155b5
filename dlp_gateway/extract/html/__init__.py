"""Pages: what a reader sees, what is hidden, and what stands in attributes, comments and addresses."""
