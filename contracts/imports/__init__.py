"""Imports as records: what was read when by whom, what was left out, and what can be taken back."""
