"""The key under which two spellings of one enterprise's name meet. It suggests; a person decides."""

import re
import unicodedata
from typing import Final

_LONGEST = 200
_SAME: Final = (
    ("有限责任公司", "有限公司"),
    ("股份有限公司", "股份公司"),
    ("集团有限公司", "集团公司"),
)
"""Forms of one legal suffix (公司法 art 7), the longer first."""
_LEFT_OUT = re.compile(
    r"[\s()\[\]{}<>【】〔〕《》〈〉「」『』·・.,，。、;；:：'\"“”‘’\-_—–/\\|*#]+"
)


def name_key(name: str) -> str:
    """The name without what spellings differ in: full-width signs, blanks, brackets, 有限责任/有限.

    A name of nothing but such signs is its own key, so that it meets no other.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    key = _LEFT_OUT.sub("", plain)
    for long, short in _SAME:
        key = key.replace(long, short)
    return (key or plain.strip())[:_LONGEST]


def shown_name(name: str) -> str:
    """The name as it is kept: as written, with blanks at its ends and doubled ones taken out."""
    return " ".join(name.split())
