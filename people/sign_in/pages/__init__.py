"""The screens of signing in, of one's own account, of the first set-up and of the policy."""
