"""实施方案: versions handed in, returned and approved, and the rounds that they promise."""
