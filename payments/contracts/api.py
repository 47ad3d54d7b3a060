"""API to add and to edit a contract. It is read in ``payments.api``, with its money."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.life.contracts import add_contract, change_contract
from contracts.life.entries import ContractEdit, NewContract
from contracts.life.locking import locked_contract
from kernel.access.permissions import Permission
from kernel.web.described import ADD_ERRORS, EDIT_ERRORS, LIST_ERRORS, RecordPath
from kernel.web.edits import seen_version
from kernel.web.idempotency import created_once
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import current_actor, current_clock, current_session, write_session
from payments.contract_queries import contract
from payments.schemas import ContractOut

api = APIBlueprint(
    "contract_writing_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="contract writing", description="登记与修改合同")],
    abp_responses=LIST_ERRORS,
)


@api.post("/contracts", summary="新增合同", responses={201: ContractOut, 409: ADD_ERRORS[409]})
@requires(Permission.CONTRACTS_WRITE)
def add(body: NewContract) -> Response:
    """从草稿或待签开始；签订、开始服务用 states 登记。可带 Idempotency-Key。"""
    actor, clock = current_actor(), current_clock()
    return created_once(
        body,
        lambda session: add_contract(session, actor, clock, body).id,
        lambda key: contract(current_session(), actor, clock.business_date(), key),
        reason="新增合同",
    )


@api.patch("/contracts/<id>", summary="修改合同", responses={200: ContractOut, **EDIT_ERRORS})
@requires(Permission.CONTRACTS_WRITE)
def change(path: RecordPath, body: ContractEdit) -> Response:
    """须带 If-Match（不带 as_of 读到的 ETag）。签订后总额和服务期限止只能用补充合同变更。"""
    actor, clock = current_actor(), current_clock()
    today = clock.business_date()
    with write_session(reason="修改合同") as session:
        version = locked_contract(session, actor, path.id).version
        seen = seen_version(contract(session, actor, today, path.id), version)
        change_contract(session, actor, clock, path.id, body, seen)
        record = contract(session, actor, today, path.id)
    return reply(record)
