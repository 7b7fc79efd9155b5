"""Office Open XML and binary workbooks: every part of the package."""
