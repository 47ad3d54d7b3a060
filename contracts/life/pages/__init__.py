"""Screens on which a contract is entered and led through its life."""
