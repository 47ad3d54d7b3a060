"""``python -m migrations.drift``: do migrations from zero give what the models say?"""

import sys
import tempfile
from pathlib import Path

from kernel.database import Database
from migrations.schema import downgrade, drift, upgrade


def main() -> int:
    """Up, down and up on a scratch SQLite file; prints each difference and returns their count."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'drift.db'}")
        upgrade(database)
        downgrade(database)
        upgrade(database)
        differences = drift(database)
        database.dispose()
    for difference in differences:
        sys.stdout.write(f"{difference}\n")
    sys.stdout.write(f"migration drift: {len(differences)} differences\n")
    return len(differences)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
