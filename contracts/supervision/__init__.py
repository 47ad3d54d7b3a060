"""What the overseeing side did: checks, penalties, listed hazards, causes of what stays unsolved."""
