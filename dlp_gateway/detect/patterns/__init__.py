"""Pattern rules on RE2 and the words around a match that name it."""
