"""Refusals and failures as ``application/problem+json`` (RFC 9457), or as a page under other paths.

What the service did not foresee is logged with its traceback; the caller learns its request id only.
"""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import BadRequest, HTTPException

from kernel.errors import FieldProblem, InputError, MonitorError
from kernel.logs import get_logger
from kernel.refusals import refusal_sentence
from kernel.web.request_ids import request_id

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:contract-monitor:problem:"
_logger = get_logger("web")

WORDS = {
    400: ("请求无法理解", "请检查填写的内容后重试。"),
    401: ("需要登录", "请先登录，或提供有效的接口令牌。"),
    403: ("没有权限", "您不能进行这项操作。"),
    404: ("没有找到", "没有这个地址，或记录不存在。"),
    405: ("不支持这种操作", "这个地址不接受这种请求方法。"),
    408: ("请求没有到齐", "请检查网络后重试。"),
    411: ("没有写明长度", "请在 Content-Length 中写明内容的长度。"),
    413: ("内容过大", "提交的内容超过了允许的大小。"),
    414: ("网址过长", "网址超过了允许的长度。"),
    415: ("格式不支持", "请用 application/json 提交。"),
    428: ("须写明所读的版本", "请在 If-Match 中写明所读记录的 ETag。"),
    429: ("请求过于频繁", "请稍后再试。"),
    431: ("请求头过大", "请清除本站的 Cookie 后重试。"),
    500: ("服务出错", "出错已记入日志；请把请求编号告诉管理员。"),
    507: ("服务器空间不足", "服务器暂存文件的空间已用完，没有保存任何内容；请通知管理员。"),
    503: ("服务暂不可用", "数据库暂时无法使用，请稍后再试。"),
}


class ProblemField(BaseModel):
    """一个字段的问题。"""

    field: str = Field(description="字段名")
    message: str = Field(description="问题与允许的取值")


class Problem(BaseModel):
    """RFC 9457 的问题说明。"""

    type: str = Field(description="问题种类；普通 HTTP 状态为 about:blank")
    title: str = Field(description="问题名称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="具体情况")
    instance: str = Field(description="请求的路径")
    request_id: str = Field(description="请求编号，日志中可查")
    errors: list[ProblemField] = Field(description="有问题的字段")


def install_problems(app: Flask) -> None:
    """Turn whatever is raised in a request into an answer."""
    app.register_error_handler(MonitorError, _refused)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(PoolTimeoutError, _database_failed)
    app.register_error_handler(Exception, _failed)
    app.before_request(_refuse_malformed_json)


def input_error(error: ValidationError) -> InputError:
    """A pydantic error as the refusal that names each wrong field."""
    problems = [
        FieldProblem(
            ".".join(str(part) for part in fault["loc"]) or "body",
            refusal_sentence(fault["type"], fault.get("ctx", {}), fault["msg"]),
        )
        for fault in error.errors(include_url=False)
    ]
    refusal = InputError(problems[0].field, problems[0].message)
    refusal.problems = tuple(problems)
    return refusal


def is_api() -> bool:
    """Whether the caller is a program: paths under ``/api`` and the health checks and figures."""
    return request.path == "/api" or request.path.startswith(
        ("/api/", "/healthz", "/readyz", "/metrics")
    )


def _refuse_malformed_json() -> None:
    if is_api() and request.is_json and request.content_length:
        try:
            request.get_json()
        except RecursionError:
            raise BadRequest("JSON 嵌套过深") from None


def _refused(error: MonitorError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _logger.warning("refused", code=error.code, message=error.message)
    return _answer(error.status, error.code, error.title, error.message, error.problems)


def _invalid(error: ValidationError) -> Response:
    return _refused(input_error(error))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    # CSRF and host refusals carry a sentence of their own; werkzeug's own are English.
    title, detail = WORDS.get(status, (HTTPStatus(status).phrase, ""))
    own = error.description or ""
    response = _answer(status, "", title, detail if own.isascii() else own)
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value  # Allow on 405 (RFC 9110, 15.5.6)
    return response


def _database_failed(error: Exception) -> Response:
    _logger.error("database failed", exc_info=error)
    return _answer(503, "unavailable", *WORDS[503])


def _failed(error: Exception) -> Response:
    _logger.error("request failed", exc_info=error)
    return _answer(500, "error", *WORDS[500])


def _answer(
    status: int, code: str, title: str, detail: str, problems: Sequence[FieldProblem] = ()
) -> Response:
    problem = Problem(
        type=_TYPE + code if code else "about:blank",
        title=title,
        status=int(status),
        detail=detail,
        instance=request.path,
        request_id=request_id(),
        errors=[ProblemField(field=item.field, message=item.message) for item in problems],
    )
    if is_api():
        body, media_type = problem.model_dump_json(), MEDIA_TYPE
    else:
        body, media_type = render_template("error.html", problem=problem), "text/html"
    return Response(body, status=int(status), mimetype=media_type)
