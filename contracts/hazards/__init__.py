"""隐患: itemised and counted, from 排查 to 销号."""
