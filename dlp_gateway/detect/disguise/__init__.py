"""Values that are disguised, and the further readings in which they are looked for."""
