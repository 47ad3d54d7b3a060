"""A browser's own long description as a person would say it."""

from collections.abc import Sequence
from typing import Final

_BROWSERS: Final = (
    ("Edg/", "Edge"), ("360", "360 浏览器"), ("QAX", "奇安信浏览器"), ("UOS", "统信浏览器"),
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("Windows", "Windows"), ("Android", "Android"), ("HarmonyOS", "鸿蒙"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """Such as ``Edge（Windows）``; its own words, shortened, for one that is not known."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if not browser:
        return user_agent[:40] or "未知浏览器"
    return f"{browser}（{system}）" if system else browser


def _first(names: Sequence[tuple[str, str]], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
