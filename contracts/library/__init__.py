"""What organisations keep beside contracts: rules, yearly plans, approvals, outcomes."""
