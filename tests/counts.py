"""How many made-up examples a test takes that writes to a database for each of them."""

import os

DATABASE_EXAMPLES = 100 if os.environ.get("MONITOR_PROOF") else 6
