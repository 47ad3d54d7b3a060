"""Contents of files, kept under their SHA-256: on disk or in a bucket. What they mean is not known here."""
