"""What stands in the council's own records, and passages of its registered documents."""
