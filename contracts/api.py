"""Read API of the contract ledger: organisations, vendors, programmes.

Contracts themselves are in ``payments.api``: their items show money, which this floor knows not.
"""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts import queries
from contracts.schemas import (
    OrganisationOut,
    OrganisationsWanted,
    ProgrammeOut,
    ProgrammesWanted,
    VendorOut,
    VendorsWanted,
)
from kernel.access.permissions import Permission
from kernel.paging import Page, RecordQuery
from kernel.web.described import LIST_ERRORS, RECORD_ERRORS, RecordPath
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session

api = APIBlueprint(
    "contracts_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="contracts", description="机构、承接主体、预算项目")],
    abp_responses=LIST_ERRORS,
)


@api.get("/organisations", summary="机构列表", responses={200: Page[OrganisationOut]})
@requires(Permission.ORGANISATIONS_READ)
def organisations(query: OrganisationsWanted) -> Response:
    """所问日期的机构及其当时的名称、类型与上级，按录入先后排列。"""
    return reply(queries.organisations(current_session(), current_actor(), as_of(), query))


@api.get("/organisations/<id>", summary="机构", responses={200: OrganisationOut, **RECORD_ERRORS})
@requires(Permission.ORGANISATIONS_READ)
def organisation(path: RecordPath, query: RecordQuery) -> Response:
    """所问日期的名称、类型与上级；各时期的沿革见 versions。"""
    _ = query
    return reply(queries.organisation(current_session(), current_actor(), as_of(), path.id))


@api.get("/vendors", summary="承接主体列表", responses={200: Page[VendorOut]})
@requires(Permission.CONTRACTS_READ)
def vendors(query: VendorsWanted) -> Response:
    """各单位共用的资料，按录入先后排列。"""
    return reply(queries.vendors(current_session(), current_actor(), query))


@api.get("/vendors/<id>", summary="承接主体", responses={200: VendorOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def vendor(path: RecordPath, query: RecordQuery) -> Response:
    """承接主体资料不随日期变化。"""
    _ = query
    return reply(queries.vendor(current_session(), current_actor(), path.id))


@api.get("/programmes", summary="预算项目列表", responses={200: Page[ProgrammeOut]})
@requires(Permission.CONTRACTS_READ)
def programmes(query: ProgrammesWanted) -> Response:
    """金额单位元；按录入先后排列。"""
    return reply(queries.programmes(current_session(), current_actor(), query))


@api.get("/programmes/<id>", summary="预算项目", responses={200: ProgrammeOut, **RECORD_ERRORS})
@requires(Permission.CONTRACTS_READ)
def programme(path: RecordPath, query: RecordQuery) -> Response:
    """金额单位元。"""
    _ = query
    return reply(queries.programme(current_session(), current_actor(), path.id))
