"""Terms, milestones, due dates and payments."""
