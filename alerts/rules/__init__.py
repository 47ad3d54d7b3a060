"""Alert rules, one family a file. ``monitor/wiring.py`` says which ones run."""
