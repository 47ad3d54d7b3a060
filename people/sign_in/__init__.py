"""Signing in: passwords, second factor, throttling, sessions, single sign-on, API tokens."""
