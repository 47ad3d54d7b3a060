"""The Hami 2023 and Zibo 2023 facts as workbooks that a department could have kept."""

from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ("hami-2023", "zibo-2023")


def path(name: str) -> Path:
    """Return where the sample workbook `name` lies; KeyError names the samples there are."""
    if name not in NAMES:
        raise KeyError(f"no sample {name!r}; there are: {', '.join(NAMES)}")
    return FOLDER / f"{name}.xlsx"
