"""What the forms share: what was typed stays, faults stand at their fields, clashes are decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import flash, make_response, redirect, render_template, request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from kernel.edits import ChangedMeanwhile
from kernel.errors import ConflictError, InputError, MonitorError
from kernel.web.problems import input_error

_NOT_RECORDED = {"csrf_token", "version", "act"}


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in a form's fields, and what is wrong with them; ``""`` is the form as a whole."""

    given: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)


def typed() -> dict[str, str]:
    """What the reader typed, by field."""
    return {name: value for name, value in request.form.items() if name not in _NOT_RECORDED}


def seen_version() -> int:
    """The version of the record that the form was made from; 0 when the form does not say."""
    return request.form.get("version", default=0, type=int)


def tried(act: Callable[[], object]) -> MonitorError | None:
    """Do it; gives why it was refused, None when it is done."""
    try:
        act()
    except ValidationError as error:
        return input_error(error)
    except (InputError, ConflictError) as refusal:
        return refusal
    return None


def again(refusal: MonitorError, page: Callable[[Form], str], back: str) -> Response:
    """The form once more with what was typed; for a clash the page on which the reader decides.

    ``back`` is the page of the record as it is now.
    """
    if isinstance(refusal, ChangedMeanwhile):
        shown = render_template("conflict.html", told=refusal, mine=typed(), back=back)
        return make_response(shown, refusal.status)
    faults = {each.field.removesuffix("_id"): each.message for each in refusal.problems}
    if not faults:
        faults = {"": refusal.message}
    return make_response(page(Form(typed(), faults)), refusal.status)


def saved(act: Callable[[], object], page: Callable[[Form], str], back: str, said: str) -> Response:
    """Do it, say so and go ``back`` to the record; refused, show the form as ``again`` does."""
    refusal = tried(act)
    if refusal is not None:
        return again(refusal, page, back)
    flash(said)
    return redirect(back)
