"""Who may open what, and whether anything is shown to somebody whom it does not concern."""
