"""The trail: what the database notes of every change, and by whom, from where and why it was made."""
