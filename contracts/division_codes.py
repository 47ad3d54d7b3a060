"""行政区划代码 GB/T 2260: six digits, two each for province, prefecture and county."""

import re

_SHAPE = re.compile(r"\d{6}", re.ASCII)
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)


def checked_division_code(code: str) -> str:
    """The code itself; raises ``ValueError`` (Chinese) when it cannot be one.

    The shape is checked, not the list of counties, which changes every year.
    """
    if not _SHAPE.fullmatch(code):
        raise ValueError("应为六位数字，例如 650500（GB/T 2260）")
    if code[:2] not in _PROVINCES:
        raise ValueError(f"前两位 {code[:2]} 不是省级代码（GB/T 2260）")
    if code[2:4] == "00" and code[4:] != "00":
        raise ValueError("第三、四位为 00 时，后两位也应为 00（GB/T 2260）")
    return code
