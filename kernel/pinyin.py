"""Chinese names in the order of their pinyin, as a key that any database sorts alike."""

LENGTH = 200


def pinyin_key(name: str) -> str:
    """The reading of each sign, in small letters: 民爆 is ``min bao``; other text as it stands."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name)).casefold()[:LENGTH]
