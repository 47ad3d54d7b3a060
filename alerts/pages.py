"""预警督办 and 消息投递: lists to filter, one alert's history, one message's attempts."""

from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import BaseModel, BeforeValidator, Field
from werkzeug.wrappers import Response

from alerts import boards, delivery_boards
from alerts.delivery import resend
from alerts.delivery_models import MessageState
from alerts.models import AlertState
from contracts.boards import count_contracts
from contracts.queries import programmes
from contracts.schemas import ProgrammesWanted
from kernel.access.permissions import Permission
from kernel.errors import ConflictError
from kernel.fields import CursorText, SearchWords
from kernel.trail.record import record
from kernel.web.permissions import requires
from kernel.web.session import current_actor, current_clock, current_session, write_session

alert_pages = Blueprint("alert_pages", __name__, template_folder="templates")
delivery_pages = Blueprint("delivery_pages", __name__, template_folder="templates")


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


EmptyIsAll = BeforeValidator(_none_if_empty)


class AlertQuery(BaseModel):
    """What the alerts' form sends; an empty choice means all."""

    state: Literal["open", "resolved", "all"] = "open"
    severity: Annotated[Annotated[int, Field(ge=1, le=4)] | None, EmptyIsAll] = None
    rule: Annotated[str, Field(max_length=60, pattern="^[a-z0-9_]*$")] = ""
    programme: SearchWords | Literal[""] = ""
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(exclude={"after"}, exclude_defaults=True)

    def is_narrow(self) -> bool:
        """Whether anything but the state was chosen."""
        return bool(self.severity or self.rule or self.programme)

    def wanted(self) -> boards.Wanted:
        """The same, as the board takes it."""
        state = None if self.state == "all" else AlertState(self.state)
        return boards.Wanted(state, self.severity, self.rule, self.programme, self.after)


class MessageQuery(BaseModel):
    """What the messages' form sends; an empty choice means all."""

    state: Annotated[MessageState | None, EmptyIsAll] = None
    channel: Annotated[UUID | None, EmptyIsAll] = None
    after: CursorText = ""

    def asked(self) -> dict[str, Any]:
        """The choices made, for the address of the next page."""
        return self.model_dump(mode="json", exclude={"after"}, exclude_defaults=True)


@alert_pages.get("/alerts")
@requires(Permission.ALERTS_READ)
def index() -> str:
    """Alerts, worst first."""
    session, actor = current_session(), current_actor()
    day = current_clock().business_date()
    query = AlertQuery.model_validate(request.args.to_dict())
    return render_template(
        "alerts/index.html",
        query=query,
        page=boards.alert_page(session, actor, query.wanted()),
        rules=boards.rules_seen(session, actor),
        programmes=programmes(session, actor, ProgrammesWanted(limit=200)).items,
        scan=boards.last_scan(session, day),
        contracts=count_contracts(session, actor, Permission.ALERTS_READ, day),
    )


@alert_pages.get("/alerts/<uuid:alert_id>")
@requires(Permission.ALERTS_READ)
def show(alert_id: UUID) -> str:
    """One alert: why it exists, what happened to it, who was told."""
    history = boards.alert_history(current_session(), current_actor(), alert_id)
    return render_template("alerts/show.html", history=history)


@delivery_pages.get("/deliveries", endpoint="index")
@requires(Permission.MESSAGES_READ)
def messages() -> str:
    """Messages, newest first, and the channels they go to."""
    session, actor = current_session(), current_actor()
    query = MessageQuery.model_validate(request.args.to_dict())
    wanted = delivery_boards.Wanted(query.state, query.channel, query.after)
    return render_template(
        "alerts/deliveries.html",
        query=query,
        page=delivery_boards.message_page(session, actor, wanted),
        waiting=delivery_boards.waiting_deliveries(session, actor),
        channels=delivery_boards.channels(session, actor),
    )


@delivery_pages.get("/deliveries/<uuid:message_id>", endpoint="show")
@requires(Permission.MESSAGES_READ)
def message(message_id: UUID) -> str:
    """One message: its attempts and what it tells."""
    sheet = delivery_boards.message_sheet(current_session(), current_actor(), message_id)
    return render_template("alerts/delivery.html", sheet=sheet)


@delivery_pages.post("/deliveries/<uuid:message_id>/resend")
@requires(Permission.MESSAGES_SEND)
def send_again(message_id: UUID) -> Response:
    """Put a parked message back on its schedule; says so, or why not, on the message's page."""
    try:
        with write_session() as session:
            resend(session, current_actor(), message_id, current_clock().now())
            record(session, "resend", "message", message_id, {})
        flash("已列入待发送，工作进程会立即尝试；消息编号不变，接收方可据此识别重复。")
    except ConflictError as refusal:
        flash(refusal.message)
    return redirect(url_for("delivery_pages.show", message_id=message_id))
