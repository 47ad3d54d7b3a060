"""How the API's description tells of errors, the same on every route."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from kernel.web.problems import MEDIA_TYPE


class RecordPath(BaseModel):
    """Which record."""

    id: UUID = Field(description="记录的 id（UUID）")


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


LIST_ERRORS: dict[str | int, Any] = {
    304: {"description": "与 If-None-Match 给出的 ETag 相同，没有变化"},
    400: _problem("请求无法理解，或主机名不属于本服务"),
    401: _problem("没有登录，或接口令牌无效、已过期、已撤销"),
    403: _problem("没有这项权限，或令牌的权限范围不含它"),
    422: _problem("参数有误，`errors` 指出每个有问题的参数"),
    429: _problem("来自这个地址的无效令牌过多"),
    500: _problem("服务出错，已记入日志"),
    503: _problem("数据库暂时无法使用"),
}
RECORD_ERRORS: dict[str | int, Any] = {404: _problem("没有这条记录，或不在查看范围内")}
EDIT_ERRORS: dict[str | int, Any] = {
    **RECORD_ERRORS,
    409: _problem("记录已被他人修改，`errors` 指出现值与您要改的值；或与现状冲突"),
    428: _problem("没有在 If-Match 中写明所读记录的 ETag"),
}
ACT_ERRORS: dict[str | int, Any] = {
    403: _problem("您看得到这条记录，但没有办理这一步的角色，或已办理过前一步"),
    409: _problem("与现状冲突：记录已被别人办理或修改，或现在不是这一步"),
}
ADD_ERRORS: dict[str | int, Any] = {
    **RECORD_ERRORS,
    403: ACT_ERRORS[403],
    409: _problem("与现状冲突，或 Idempotency-Key 已用于别的内容"),
}
"""Of what may be sent twice with one key (``kernel.web.idempotency``)."""
UPLOAD_ERRORS: dict[str | int, Any] = {
    411: _problem("没有在 Content-Length 中写明长度"),
    413: _problem("文件超过允许的大小；没有读取"),
    503: _problem("文件存储或数据库暂时无法使用，没有保存任何内容"),
}
