"""The organisation tree: what it is, how it was, and the acts that change it."""
