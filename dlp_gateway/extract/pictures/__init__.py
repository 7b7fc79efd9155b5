"""Pictures: recognised text, properties, drawings."""
