"""The sample workbooks hold what the reports say, and mark what they had to assume."""
