"""Merging an enterprise kept under two spellings, and taking that back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from contracts.enterprises import merging, queries
from contracts.enterprises.schemas import MergeIn, PartIn
from contracts.hazards.merge_preview import MergePreview, preview
from contracts.hazards.pages.register import enterprise_page, enterprise_pages, given_fields
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session

__all__ = ["enterprise_pages"]


@enterprise_pages.get("/enterprises/<uuid:enterprise_id>/merge")
@requires(Permission.VENDORS_WRITE)
def ask_merge(enterprise_id: UUID) -> str:
    """The form to name the enterprise that it is; ``?into=`` gives it."""
    into = request.args.get("into", type=UUID)
    name = queries.enterprise(current_session(), into).name if into else ""
    return _merge_page(enterprise_id, Form({"into": name, "into_key": str(into or "")}))


@enterprise_pages.post("/enterprises/<uuid:enterprise_id>/merge")
@requires(Permission.VENDORS_WRITE)
def merge(enterprise_id: UUID) -> Response:
    """Show what a merge would change; make it when that was confirmed."""
    is_confirmed = request.form.get("act") == "merge"
    told: list[MergePreview] = []

    def look() -> None:
        session, actor = current_session(), current_actor()
        told.append(preview(session, actor, enterprise_id, _into()))

    def act() -> None:
        entry = MergeIn(into_id=_into(), reason=typed().get("reason", ""))
        with write_session(reason=entry.reason) as session:
            merging.merge(
                session,
                current_actor(),
                current_clock(),
                enterprise_id,
                entry.into_id,
                seen_version(),
            )

    back = url_for("enterprise_pages.show", enterprise_id=enterprise_id)
    refusal = tried(act if is_confirmed else look)
    if refusal is not None:
        return again(refusal, lambda form: _merge_page(enterprise_id, form), back)
    if is_confirmed:
        flash("已归并；统计时算作同一家，原登记的记录不变，可随时撤销。")
        return redirect(back)
    return Response(_merge_page(enterprise_id, Form(typed()), told[0]), mimetype="text/html")


@enterprise_pages.post("/enterprises/<uuid:enterprise_id>/part")
@requires(Permission.VENDORS_WRITE)
def part(enterprise_id: UUID) -> Response:
    """Take a merge back."""

    def act() -> None:
        entry = PartIn.model_validate(given_fields())
        with write_session(reason=entry.reason) as session:
            actor, clock = current_actor(), current_clock()
            merging.take_back(session, actor, clock, enterprise_id, seen_version())

    back = url_for("enterprise_pages.show", enterprise_id=enterprise_id)
    return saved(act, lambda form: enterprise_page(enterprise_id, form), back, "归并已撤销。")


def _merge_page(enterprise_id: UUID, form: Form, told: MergePreview | None = None) -> str:
    found = queries.enterprise(current_session(), enterprise_id)
    return render_template(
        "contracts/enterprises/merge.html",
        enterprise=found,
        version=seen_version() or found.version,
        form=form,
        told=told,
    )


def _into() -> UUID:
    """Which enterprise was named: the one whose key came with its name, else by the name."""
    given, session = typed(), current_session()
    name, key = given.get("into", "").strip(), given.get("into_key", "")
    known = _key(key)
    if known is not None and queries.enterprise(session, known).name == name:
        return known
    found = queries.named_enterprise(session, "into_id", name)
    if found is None:
        raise InputError("into_id", "请填写并入的企业")
    return found


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
