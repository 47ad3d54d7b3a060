"""Why a single sign-on came to nothing: what the person reads, and what the trail and the log note."""

from enum import StrEnum
from http import HTTPStatus

from kernel.errors import MonitorError


class Fault(StrEnum):
    """What went wrong; the value is what the trail notes."""

    STRANGE_RETURN = "strange_return"
    NOT_REACHED = "not_reached"
    REFUSED_THERE = "refused_there"
    BAD_ANSWER = "bad_answer"
    NO_ROLE = "no_role"
    ACCOUNT_CLOSED = "account_closed"
    LAST_ADMINISTRATOR = "last_administrator"


_SENTENCES = {
    Fault.STRANGE_RETURN: "这次登录已超时，或不是从本浏览器发起的；请重新点“统一身份认证登录”。",
    Fault.NOT_REACHED: "统一身份认证暂时没有响应；请稍后再试，或用账号和密码登录。",
    Fault.REFUSED_THERE: "统一身份认证没有同意这次登录；请重试，或联系系统管理员。",
    Fault.BAD_ANSWER: "统一身份认证的答复没有通过核验，没有登录；请重试，仍不行时联系系统管理员。",
    Fault.NO_ROLE: "统一身份认证没有给您在本系统中的角色；请联系安全管理员。",
    Fault.ACCOUNT_CLOSED: "您在本系统的账号已停用或已到期；请联系系统管理员。",
    Fault.LAST_ADMINISTRATOR: "您的管理员角色应由统一身份认证收回，但系统中没有其他人担任；请联系安全管理员。",
}


class SignOnRefused(MonitorError):
    """A sign-on that did not succeed.

    ``message`` reveals nothing of the provider; ``detail`` (English, no secret) is for the trail.
    """

    status = HTTPStatus.FORBIDDEN
    code = "single_sign_on"
    title = "统一身份认证登录没有成功"

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(_SENTENCES[fault])
        self.fault = fault
        self.detail = detail[:300]
