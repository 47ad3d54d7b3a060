"""公开: which content was published where and when."""
