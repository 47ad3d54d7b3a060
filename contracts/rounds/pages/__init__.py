"""Screens of service rounds."""
