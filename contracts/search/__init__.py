"""查找: one index of short texts for contracts, vendors, enterprises and hazards."""
