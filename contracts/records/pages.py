"""Screens of a kind's records: list, one, and the form that adds or changes one."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from contracts.records.form_text import entry_from, typed_from
from contracts.records.keeping import Edit, add_record, change_record
from contracts.records.kinds import RecordKind, Reference
from contracts.records.owners import named_owner, offered_owners, owner_words
from contracts.records.queries import RecordsWanted, names_of, record, records
from contracts.records.shape import OWNERS, form_fields, spoken
from contracts.records.sight import known_owner, writes_to
from kernel.access.permissions import Permission
from kernel.errors import InputError
from kernel.fields import CursorText
from kernel.web.forms import Form, again, saved, seen_version, tried, typed
from kernel.web.permissions import requires
from kernel.web.session import (
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)

PAGE_ROWS = 50
LONGEST_WORDS = 400


class _Query(BaseModel):
    of: UUID | Literal[""] = ""
    after: CursorText = ""
    as_of: str = ""

    def asked(self) -> dict[str, str]:
        return {"of": str(self.of)} if self.of else {}


class RecordPages:
    """The screens of one kind; ``blueprint`` has their routes."""

    def __init__(self, kind: RecordKind) -> None:
        self.kind = kind
        self.blueprint = Blueprint(f"{kind.name}_pages", __name__, template_folder="../templates")
        at = f"/{kind.path}"
        self._route(at, self.index, kind.read)
        self._route(f"{at}/<uuid:key>", self.show, kind.read)
        self._route(f"{at}/new", self.new, kind.write)
        self._route(f"{at}/new", self.add, kind.write, "POST")
        self._route(f"{at}/<uuid:key>/edit", self.edit, kind.write)
        self._route(f"{at}/<uuid:key>/edit", self.change, kind.write, "POST")
        self._route(f"{at}/options", self.options, kind.write)

    def index(self) -> str:
        """The records there were on the day in view, of all files or of one."""
        query = _Query.model_validate(request.args.to_dict())
        wanted = RecordsWanted(limit=PAGE_ROWS, cursor=query.after or None, of=query.of or None)
        session, actor = current_session(), current_actor()
        page = records(session, actor, self.kind, as_of(), wanted)
        of = known_owner(session, actor, self.kind, query.of) if query.of else None
        names = names_of(session, self.kind, page.items)
        may_add = (
            writes_to(session, actor, self.kind, query.of)
            if query.of
            else actor.may(self.kind.write)
        )
        return self._page("index", page=page, query=query, of=of, names=names, may_add=may_add)

    def show(self, key: UUID) -> str:
        """One record."""
        session, actor = current_session(), current_actor()
        found = record(session, actor, self.kind, as_of(), key)
        names = names_of(session, self.kind, [found])
        owner_id = getattr(found, OWNERS[self.kind.owner].name).id
        may_edit = writes_to(session, actor, self.kind, owner_id)
        return self._page("show", record=found, names=names, may_edit=may_edit)

    def new(self) -> str:
        """The form for one more, in the file ``?of=`` where that is given."""
        of, given = request.args.get("of", type=UUID), {}
        if of is not None:
            given["owner"] = self._words_of(of)
        return self._form(Form(given), None)

    def add(self) -> Response:
        """Add it."""
        made: list[UUID] = []

        def act() -> None:
            with write_session(reason=f"登记{self.kind.title}") as session:
                entry = entry_from(session, current_actor(), self.kind, typed())
                actor, clock = current_actor(), current_clock()
                made.append(add_record(session, actor, clock, self.kind, entry))

        refusal = tried(act)
        if refusal is not None:
            return again(refusal, lambda form: self._form(form, None), self._at("index"))
        flash(f"{self.kind.title}已登记。")
        return redirect(self._at("show", key=made[0]))

    def edit(self, key: UUID) -> str:
        """The form with what is recorded."""
        return self._form(Form(self._recorded(key)), key)

    def change(self, key: UUID) -> Response:
        """Save what was typed in its place."""

        def act() -> None:
            with write_session(reason=f"修改{self.kind.title}") as session:
                entry = entry_from(session, current_actor(), self.kind, typed())
                actor, clock = current_actor(), current_clock()
                edit = Edit(self.kind, key, entry, seen_version())
                change_record(session, actor, clock, edit)

        said = "修改已保存；此前的内容留在审计记录中。"
        return saved(act, lambda form: self._form(form, key), self._at("show", key=key), said)

    def options(self) -> str:
        """What to choose from while a name is typed into one of the form's fields."""
        session, actor = current_session(), current_actor()
        field = request.args.get("field", "")
        words = request.args.get(field, "")[:LONGEST_WORDS]
        reference = self._reference(field)
        if reference is None:
            offers = offered_owners(session, actor, self.kind, words)
        else:
            of = self._chosen_owner(session)
            offers = reference.offers(session, actor, words, of) if of else []
        return render_template("contracts/records/_options.html", offers=offers)

    def _reference(self, field: str) -> Reference | None:
        links = self.kind.links.get(field)
        return links.reference if links else self.kind.references.get(field)

    def _chosen_owner(self, session: Session) -> UUID | None:
        words = request.args.get("owner", "")[:LONGEST_WORDS]
        try:
            return named_owner(session, current_actor(), self.kind, words)
        except InputError:
            return None

    def _recorded(self, key: UUID) -> Mapping[str, str]:
        session = current_session()
        today = current_clock().business_date()
        found = record(session, current_actor(), self.kind, today, key)
        names = names_of(session, self.kind, [found])
        return {"version": str(found.version), **typed_from(self.kind, found, names)}

    def _words_of(self, key: UUID) -> str:
        session: Session = current_session()
        actor, owner = current_actor(), OWNERS[self.kind.owner]
        found = session.get(owner.model, key)
        if found is None or not offered_owners(
            session, actor, self.kind, owner_words(self.kind, found)
        ):
            abort(404)
        return owner_words(self.kind, found)

    def _form(self, form: Form, key: UUID | None) -> str:
        version = seen_version() or int(form.given.get("version", 0))
        return self._page(
            "form", form=form, key=key, version=version, fields=form_fields(self.kind)
        )

    def _page(self, name: str, **values: Any) -> str:
        return render_template(
            f"contracts/records/{name}.html",
            kind=self.kind,
            owner=OWNERS[self.kind.owner],
            spoken=spoken,
            owner_words=owner_words,
            at=self._at,
            view_day=as_of(),
            form_fields=form_fields(self.kind),
            **values,
        )

    def _at(self, view: str, **values: Any) -> str:
        asked = request.args.get("as_of")
        if asked and view in {"index", "show"}:
            values["as_of"] = asked
        return url_for(f"{self.blueprint.name}.{view}", **values)

    def _route(self, at: str, view: Any, need: Permission, method: str = "GET") -> None:
        def call(**values: Any) -> Any:
            return view(**values)

        self.blueprint.add_url_rule(at, view.__name__, requires(need)(call), methods=[method])
