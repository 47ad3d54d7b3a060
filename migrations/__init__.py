"""The database's schema, one small numbered change a file."""
