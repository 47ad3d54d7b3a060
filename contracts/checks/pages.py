"""合同档案: which parts of a contract's file are there and which are missing."""

from uuid import UUID

from flask import Blueprint, render_template

from contracts.checks.file_queries import file_of
from contracts.models import Contract
from kernel.access.permissions import Permission
from kernel.web.permissions import requires
from kernel.web.session import as_of, current_actor, current_session

file_pages = Blueprint("file_pages", __name__, template_folder="../templates")


@file_pages.get("/contracts/<uuid:contract_id>/file")
@requires(Permission.SERVICE_READ)
def show(contract_id: UUID) -> str:
    """The parts of the file as they stood on the day in view."""
    session = current_session()
    parts = file_of(session, current_actor(), contract_id, as_of())
    return render_template(
        "contracts/checks/file.html",
        view_day=as_of(),
        contract=session.get_one(Contract, contract_id),
        file_parts=parts,
    )
