"""Who works here: users, their memberships in organisations, and how they sign in."""
