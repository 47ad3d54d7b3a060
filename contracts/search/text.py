"""How text is folded and cut into the pieces that the index knows, alike in Python and in SQL."""

import re
from collections.abc import Sequence

FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
UPPER, LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_FOLDED = str.maketrans(
    FULL_WIDTH + UPPER, HALF_WIDTH.translate(str.maketrans(UPPER, LOWER)) + LOWER
)
SIZES = (8, 4)
"""Lengths of the longer pieces of Latin letters and digits: pairs of digits tell too little."""
_PLAIN = re.compile(r"[!-~]+")


def fold(text: str) -> str:
    """Full-width signs as half-width ones, capitals as small letters; as long as before."""
    return text.translate(_FOLDED)


def words_of(query: str) -> list[str]:
    """The words of a query, each of which a record must hold; folded, without doubles."""
    return list(dict.fromkeys(fold(query).split()))


def pieces(word: str) -> list[str]:
    """Pieces that any text with ``word`` in it has: pairs of signs, and long ones of plain runs.

    A word of one sign has none: it is the beginning of a piece.
    """
    found: dict[str, None] = {}
    covered: set[int] = set()
    for run in _PLAIN.finditer(word):
        start, end = run.span()
        size = next((size for size in SIZES if end - start >= size), None)
        if size is None:
            continue
        for begin in (*range(start, end - size + 1, size), end - size):
            found[word[begin : begin + size]] = None
        covered.update(range(start, end - 1))
    pairs = (word[i : i + 2] for i in range(len(word) - 1) if i not in covered)
    return [*found, *dict.fromkeys(pairs)]


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """``text`` cut into parts, each with whether a word was found there; together they are it."""
    if not words:
        return [(text, False)] if text else []
    any_word = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    parts, last = [], 0
    for hit in re.finditer(any_word, fold(text)):
        begin, end = hit.span()
        if begin > last:
            parts.append((text[last:begin], False))
        parts.append((text[begin:end], True))
        last = end
    if last < len(text):
        parts.append((text[last:], False))
    return parts
