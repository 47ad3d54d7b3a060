"""One try at a password or a code: counted first, checked second, given back when it was right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from kernel.access.actor import SIGN_IN
from kernel.cause import Cause
from kernel.database import Database
from kernel.errors import MonitorError
from kernel.logs import get_logger
from kernel.trail.record import record
from people.sign_in.security_policy import PolicyTerms
from people.sign_in.throttle import Admission, Count, Counted, admit, give_back

_logger = get_logger("sign-in")
_WORDS: Mapping[Count, str] = {
    Count.PAIR: "该账号在同一地址连续失败",
    Count.ACCOUNT: "该账号在陌生地址合计失败",
    Count.ADDRESS: "同一地址对各账号合计失败",
}


class TooManyTries(MonitorError):
    """A block is on; ``until`` is when it ends by itself."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_tries"
    title = "暂停登录"

    def __init__(self, until: datetime, minutes: int) -> None:
        super().__init__(f"失败次数过多，请约 {minutes} 分钟后再试；期间再试不会延长等待")
        self.until = until


@dataclass(frozen=True, slots=True)
class Gate:
    """What a try passes: the counts it is for, and whose account it is (None: an unknown login)."""

    database: Database
    terms: PolicyTerms
    counts: Sequence[Counted]
    user_id: UUID | None
    cause: Cause

    def tried(self, now: datetime, check: Callable[[], bool]) -> bool:
        """Whether ``check`` says yes. Raises ``TooManyTries`` without asking it during a block."""
        with self.database.writing(SIGN_IN, self.cause) as session:
            admission = admit(session, self.counts, now, self.terms)
        if admission.blocked_until is not None:
            left = admission.blocked_until - now
            raise TooManyTries(admission.blocked_until, max(1, -(-left.seconds // 60)))
        if check():
            with self.database.writing(SIGN_IN, self.cause) as session:
                give_back(session, self.counts, now)
            return True
        self._note_blocks(admission)
        return False

    def _note_blocks(self, admission: Admission) -> None:
        """One entry for a block, not one for each failure: a crowd of tries must not fill the trail.

        A name that is no account's may be a password typed in the wrong field: it is not written.
        """
        for count, tries in admission.begun:
            facts = {"what": _WORDS[count], "tries": tries, "minutes": self.terms.lockout_minutes}
            _logger.warning("sign-in blocked", count=count.value, client=self.cause.client)
            if self.user_id is None and count is not Count.ADDRESS:
                continue
            kind, key = "app_user", str(self.user_id)
            if count is Count.ADDRESS:
                kind, key = "address", self.cause.client
            with self.database.writing(SIGN_IN, self.cause) as session:
                record(session, "sign_in_blocked", kind, key, facts)
