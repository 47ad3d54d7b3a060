"""A contract's life: its states and dates, its shares, its members, and the acts on them."""
