"""Acts in steps: who enters an act, who checks it and who approves it are not the same person."""
