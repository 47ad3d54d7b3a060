"""Acts on money: payments and their reversals, entered and approved in steps."""
