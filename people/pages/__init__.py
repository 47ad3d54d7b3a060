"""Screens of the tree, of accounts and of roles."""
