"""Read API of contracts with their money, milestones and payments."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from kernel.access.permissions import Permission
from kernel.paging import Page, RecordQuery
from kernel.web.described import LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session
from payments import contract_queries, queries
from payments.schemas import (
    ContractOut,
    ContractsWanted,
    MilestoneOut,
    MilestonesWanted,
    PaymentOut,
    PaymentsWanted,
)

api = APIBlueprint(
    "payments_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="payments", description="合同、支付节点、支付")],
    abp_responses=LIST_ERRORS,
)


@api.get("/contracts", summary="合同列表", responses={200: Page[ContractOut]})
@requires(Permission.CONTRACTS_READ)
def contracts(query: ContractsWanted) -> Response:
    """首日（签订日，未提供时为服务起始日）在所问日期以前或未提供的合同，按录入先后排列。"""
    return reply(contract_queries.contracts(current_session(), current_actor(), as_of(), query))


@api.get("/contracts/<id>", summary="合同", responses={200: ContractOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def contract(path: RecordPath, query: RecordQuery) -> Response:
    """合同总额、已付、未付、逾期与方案状态，以所问日期为准。"""
    _ = query
    return reply(contract_queries.contract(current_session(), current_actor(), as_of(), path.id))


@api.get("/milestones", summary="支付节点列表", responses={200: Page[MilestoneOut]})
@requires(Permission.MONEY_READ)
def milestones(query: MilestonesWanted) -> Response:
    """约定的条款与所问日期的状态，按合同和节点序号排列。"""
    return reply(queries.milestones(current_session(), current_actor(), as_of(), query))


@api.get("/milestones/<id>", summary="支付节点", responses={200: MilestoneOut, **RECORD_ERRORS})
@requires(Permission.MONEY_READ)
def milestone(path: RecordPath, query: RecordQuery) -> Response:
    """约定的条款与所问日期的状态。"""
    _ = query
    return reply(queries.milestone(current_session(), current_actor(), as_of(), path.id))


@api.get("/payments", summary="支付列表", responses={200: Page[PaymentOut]})
@requires(Permission.MONEY_READ)
def payments(query: PaymentsWanted) -> Response:
    """所问日期以前的支付，最近的在前；冲销是单独的负数一笔。"""
    return reply(queries.payments(current_session(), current_actor(), as_of(), query))


@api.get("/payments/<id>", summary="支付", responses={200: PaymentOut, **RECORD_ERRORS})
@requires(Permission.MONEY_READ)
def payment(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期以后的支付视为没有。"""
    _ = query
    return reply(queries.payment(current_session(), current_actor(), as_of(), path.id))
