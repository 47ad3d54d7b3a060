"""What a password must be: long enough, not on the list of known ones, not made of known words."""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.models import Organisation
from people.models import Membership, User
from people.sign_in.security_policy import PolicyTerms

_LIST = Path(__file__).with_name("known_passwords.txt")
MOST_CHARACTERS = 200
_FEWEST_DIFFERENT = 5
_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)  # fmt: skip
_LOOKALIKES = str.maketrans("@4031!5$7", "aaoelisst")


def refusal(password: str, own: Collection[str], terms: PolicyTerms) -> str:
    """Why the policy refuses a password, in a sentence; empty when it does not.

    ``own`` are words that others know of the user: login, name, organisations.
    """
    plain = _plain(password)
    if len(password) < terms.min_length:
        return f"至少 {terms.min_length} 个字符"
    if len(password) > MOST_CHARACTERS:
        return f"至多 {MOST_CHARACTERS} 个字符"
    if len(set(plain)) < _FEWEST_DIFFERENT:
        return f"至少要有 {_FEWEST_DIFFERENT} 个不同的字符"
    if any(word in plain for word in map(_plain, own) if len(word) >= _shortest(word)):
        return "不能含有登录名、姓名或单位名称"
    if _is_known(plain):
        return "这是常见密码，容易被猜到，请换一个"
    return ""


def own_words(session: Session, user: User) -> set[str]:
    """Login, name, and names of the user's organisations, as somebody would guess with them."""
    names = session.execute(
        select(Organisation.name, Organisation.short_name, Organisation.code)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .distinct()
    )
    found = {word for row in names for word in row if word}
    return found | {user.login, user.login.partition("@")[0], user.name}


def _is_known(plain: str) -> bool:
    """On the list, as it is or with letters for the signs that stand for them; or nearly so.

    A known password with a few characters added is guessed next: what counts is what is left.
    """
    known = _known()
    for form in {plain, plain.translate(_LOOKALIKES)}:
        core = form.strip("0123456789!@#$%^&*._-+=?~ ")
        if form in known or (core and core in known and len(form) - len(core) < 8):
            return True
        if any(len(word) >= 6 and word in form and len(form) - len(word) < 4 for word in known):
            return True
    return _is_run(plain)


def _is_run(plain: str) -> bool:
    """Whether most of it goes along the alphabet, the digits or the keyboard, either way."""
    runs = 0
    for sequence in _SEQUENCES:
        pairs = {sequence[i : i + 2] for i in range(len(sequence) - 1)}
        pairs |= {pair[::-1] for pair in pairs}
        steps = sum(plain[i : i + 2] in pairs for i in range(len(plain) - 1))
        runs = max(runs, steps)
    return runs > (len(plain) - 1) * 0.7


def _shortest(word: str) -> int:
    """Two Chinese characters are a name; two letters are in every other phrase."""
    return 3 if word.isascii() else 2


def _plain(text: str) -> str:
    return normalize("NFKC", text).lower()


@cache
def _known() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line and not line.startswith("#"))
