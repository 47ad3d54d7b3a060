"""``make bench``: each figure beside its floor, measured in the same run, as a ratio."""

import sys

from benchmarks import delivery, imports, scan, scope, search

SUITES = {
    "scan": scan.measure,
    "delivery": delivery.measure,
    "scope": scope.measure,
    "imports": imports.measure,
    "search": search.measure,
}


def main(names: list[str]) -> None:
    """Run the suites named, or all of them, and print their lines."""
    for name in names or list(SUITES):
        for line in SUITES[name]():
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
