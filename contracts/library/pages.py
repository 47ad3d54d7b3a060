"""资料库: what organisations keep beside contracts, and who has filed the plan for a year."""

from flask import Blueprint, render_template, request
from pydantic import BaseModel, Field

from contracts.library.kinds import KINDS, YEARLY_PLANS
from contracts.library.yearly import filings, yearly_plan_due
from kernel.access.permissions import Permission
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session

filing_pages = Blueprint("filing_pages", __name__, template_folder="../templates")


class _Query(BaseModel):
    plan_year: int | None = Field(None, ge=1991, le=2200)
    as_of: str = ""


@filing_pages.get("/library")
@requires(Permission.CONTRACTS_READ)
def library() -> str:
    """The kinds of record that the reader may look at, and what each is for."""
    actor = current_actor()
    kinds = [kind for kind in KINDS if actor.may(kind.read)]
    return render_template(
        "contracts/library/library.html", kinds=kinds, yearly=YEARLY_PLANS, view_day=as_of()
    )


@filing_pages.get("/yearly-filings")
@requires(Permission.CONTRACTS_READ)
def index() -> str:
    """The departments that bought in the year before; those that have not filed come first."""
    asked = {name: value for name, value in request.args.items() if value}
    plan_year = _Query.model_validate(asked).plan_year or as_of().year + 1
    found = filings(current_session(), current_actor(), plan_year, as_of())
    return render_template(
        "contracts/library/filings.html",
        view_day=as_of(),
        plan_year=plan_year,
        due_on=yearly_plan_due(plan_year),
        filings=found,
    )
