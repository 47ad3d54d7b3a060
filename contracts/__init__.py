"""The ledger: parties, contracts, plans, rounds, hazards, supervision."""
