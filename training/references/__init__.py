"""The training of the model of references."""
