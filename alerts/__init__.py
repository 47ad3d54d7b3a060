"""Rules, the scan, the life of an alert and its delivery."""
