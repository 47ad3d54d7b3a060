"""The ground floor: what every package stands on; it knows no contract."""
