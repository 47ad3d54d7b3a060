"""Imports that people follow: the file kept, the work in a process of its own, the report, the undo."""
