"""Archives and other files that hold files: each member is read as a file of its own."""
