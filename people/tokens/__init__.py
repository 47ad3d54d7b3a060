"""API tokens: made by a person, shown once, used by programs in that person's name."""
