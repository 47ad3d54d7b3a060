"""How payment milestones follow an amendment of their contract."""
