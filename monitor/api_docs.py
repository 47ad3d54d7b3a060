"""The API's description (OpenAPI 3.1) and its page, which works offline and without inline script."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, render_template, send_from_directory
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.data_type import DataType
from flask_openapi.models.info import Info
from flask_openapi.models.operation import Operation
from flask_openapi.models.parameter import Parameter
from flask_openapi.models.parameter_in_type import ParameterInType
from flask_openapi.models.schema import Schema
from flask_openapi.openapi import OpenAPI
from pydantic import ValidationError

from kernel.web.described import ADD_ERRORS
from kernel.web.idempotency import LONGEST_KEY
from kernel.web.permissions import SIGNED_IN, requires
from kernel.web.problems import Problem, input_error

_ASSETS = Path(str(files("flask_openapi_swagger"))) / "templates" / "swagger"
_ABOUT = """合同台账、付款、方案、轮次、隐患、档案、文件、预警与消息的接口。

- 金额为两位小数的字符串，单位元；比例为精确小数字符串，单位 %；未提供的值为 null，不是 0。
- 日期为 YYYY-MM-DD（业务日期）；时刻为 UTC。`as_of` 询问某一天的情况，缺省为业务日期。
- 列表返回 `{"items": […], "next": 游标或 null}`；把 `next` 作为 `cursor` 取下一页。
- 每个回答都带 ETag；以 If-None-Match 询问，没有变化时返回 304。
- 出错时返回 application/problem+json（RFC 9457），`errors` 指出每个有问题的字段。
"""

_METHODS = ("get", "put", "post", "delete", "patch")
_WITHOUT_PARAMETERS = ("/healthz", "/readyz")

_IF_MATCH = Parameter(
    name="If-Match",
    param_in=ParameterInType.HEADER,
    required=True,
    description="所读记录的 ETag；`*` 为不论现在是什么",
    param_schema=Schema(type=DataType.STRING),
)
_KEY = Parameter(
    name="Idempotency-Key",
    param_in=ParameterInType.HEADER,
    description=f"自定的一个词，不超过 {LONGEST_KEY} 个字；再次发送同一内容时不重复登记，给出已登记的记录",
    param_schema=Schema(type=DataType.STRING, maxLength=LONGEST_KEY),
)

api_docs = Blueprint("api_docs", __name__, url_prefix="/api")


def describe() -> dict[str, Any]:
    """What the application object needs to describe its API."""
    return {
        "info": Info(title="合同履约监管 API", version="1", description=_ABOUT),
        "doc_ui": False,
        "validation_error_model": Problem,
        "validation_error_callback": _refuse,
    }


def register_apis(app: OpenAPI, apis: Iterable[APIBlueprint]) -> None:
    """Register the APIs, described whole where two of them share a path.

    The library keeps of a path only what the last of them says.
    """
    for api in apis:
        known = {path: app.paths[path] for path in api.paths.keys() & app.paths.keys()}
        app.register_api(api)
        for path, before in known.items():
            own = {name: getattr(api.paths[path], name) for name in _METHODS}
            told = {name: item for name, item in own.items() if item is not None}
            app.paths[path] = before.model_copy(update=told)
    for item in app.paths.values():
        for method in _METHODS:
            _tell_headers(getattr(item, method))


def _tell_headers(operation: Operation | None) -> None:
    """Describe the headers of an edit and of a create, which their answers give away."""
    answers = (operation and operation.responses) or {}
    wanted = [_IF_MATCH] if "428" in answers else []
    if getattr(answers.get("409"), "description", "") == ADD_ERRORS[409]["description"]:
        wanted.append(_KEY)
    if operation is not None and wanted:
        operation.parameters = [*(operation.parameters or []), *wanted]


@api_docs.get("/openapi.json")
@requires(SIGNED_IN)
def openapi() -> Response:
    """The API's description."""
    found = cast("OpenAPI", current_app).api_doc
    for path in _WITHOUT_PARAMETERS:
        # The library tells of invalid parameters on every route, also where there are none.
        found["paths"][path]["get"]["responses"].pop("422", None)
    return jsonify(found)


@api_docs.get("/docs")
@requires(SIGNED_IN)
def docs() -> str:
    """The page that shows the description and lets one try it."""
    return render_template("api_docs.html")


@api_docs.get("/docs/assets/<path:filename>")
@requires(SIGNED_IN)
def assets(filename: str) -> Response:
    """Swagger UI as packed with flask-openapi-swagger."""
    return send_from_directory(_ASSETS, filename, max_age=86_400)


def _refuse(error: ValidationError) -> Response:
    raise input_error(error)
