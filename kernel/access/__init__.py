"""Who may see and do what: permissions, the roles that give them, and the actor who has them."""
