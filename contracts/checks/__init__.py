"""Checks of the paper side: clauses, subcontracting, management, negative list, mid-year monitoring."""
