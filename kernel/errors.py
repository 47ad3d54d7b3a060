"""One typed hierarchy for everything that can be refused.

The web layer turns each into ``application/problem+json`` (RFC 9457) or a readable page;
the command line prints ``message`` and exits 2 (used wrongly) or 3 (failed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field or cell.

    ``field`` names it, ``message`` (Chinese) says what was found and what is allowed.
    """

    field: str
    message: str


class MonitorError(Exception):
    """Base of every refusal this service makes on purpose."""

    status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "error"
    title = "服务出错"

    def __init__(self, message: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)


class InputError(MonitorError):
    """The caller's input cannot be understood or is out of range; nothing was changed."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_input"
    title = "填写内容有误"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}：{message}", [FieldProblem(field, message)])


class NotFoundError(MonitorError):
    """The record does not exist, or the actor may not know that it does."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    title = "没有找到"


class ForbiddenError(MonitorError):
    """The actor sees the record but may not do this with it."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    title = "没有权限"


class ConflictError(MonitorError):
    """The record's state does not allow the act (changed meanwhile, earlier than the last scan)."""

    status = HTTPStatus.CONFLICT
    code = "conflict"
    title = "与现状冲突"


class UnavailableError(MonitorError):
    """A part the service stands on (database, schema) is not ready."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    title = "服务暂不可用"
