"""API of who has filed a yearly plan; the plans themselves are records with routes of their own."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from contracts.library.schemas import FilingOut, FilingsOut, FilingsWanted
from contracts.library.yearly import filings, yearly_plan_due
from contracts.schemas import OrganisationRef
from kernel.access.permissions import Permission
from kernel.web.described import LIST_ERRORS
from kernel.web.permissions import requires
from kernel.web.replies import reply
from kernel.web.session import as_of, current_actor, current_session

api = APIBlueprint(
    "yearly_filings_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="yearly_filings", description="年度服务方案报送情况")],
    abp_responses=LIST_ERRORS,
)


@api.get("/yearly-filings", summary="年度服务方案报送情况", responses={200: FilingsOut})
@requires(Permission.CONTRACTS_READ)
def index(query: FilingsWanted) -> Response:
    """上一年购买了服务的各部门，报送没有、逾期几天；未报送的在前。"""
    found = filings(current_session(), current_actor(), query.plan_year, as_of())
    items = [
        FilingOut(
            organisation=OrganisationRef.of(each.organisation),
            filed_on=each.filed_on,
            days_late=each.days_late,
        )
        for each in found
    ]
    return reply(FilingsOut(due_on=yearly_plan_due(query.plan_year), items=items))
