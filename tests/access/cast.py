"""One ledger with two departments, and everybody who may come to a route."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.delivery_models import Message
from contracts.models import Contract
from contracts.records.kinds import Owner
from contracts.steps.models import Act, ActKind, ActState, Steps
from contracts.steps.step_settings import SettingEntry, set_steps
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.keys import new_key
from people.actors import actor_of
from people.models import Membership
from people.sign_in.models import SignInSession
from people.tokens.schemas import NewToken
from people.tokens.tokens import make_token
from tests.access.facts import BEGINS, content_of
from tests.access.file_facts import OTHERS, write_other, write_parts
from tests.access.plans import Deal, Plan
from tests.access.world import World, write
from tests.people import person, session_token
from tests.web import NOW, TODAY

CITY, BUREAU, PURCHASER, OTHER, FINANCE = range(5)
PLAN = Plan(
    parents=(None, CITY, CITY, CITY, CITY),
    leads=(BUREAU,),
    deals=(Deal(PURCHASER, None, 0), Deal(OTHER, None, 0)),
    messages=(frozenset({0}), frozenset({1})),
    roles=(),
)
"""A city: the bureau leads a programme in which two departments buy, each with a message of its own."""

ROLES: dict[str, tuple[Role, int | None]] = {
    "clerk": (Role.CLERK, PURCHASER),
    "checker": (Role.CHECKER, PURCHASER),
    "head": (Role.HEAD, PURCHASER),
    "other_clerk": (Role.CLERK, OTHER),
    "oversight": (Role.OVERSIGHT, BUREAU),
    "finance": (Role.FINANCE, FINANCE),
    "auditor": (Role.AUDITOR, CITY),
    "system_admin": (Role.SYSTEM_ADMIN, None),
    "security_admin": (Role.SECURITY_ADMIN, None),
    "audit_admin": (Role.AUDIT_ADMIN, None),
}
ANONYMOUS = "anonymous"
COLUMNS = (ANONYMOUS, *ROLES)


@dataclass
class Cast:
    """Cookies by role, and the purchaser's records by the name of a path's parameter or list."""

    cookies: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    """What the purchaser's document holds."""


def fill(session: Session) -> Cast:
    """Write the ledger and the people; every record is the purchaser's, or its clerk's."""
    world, cast = write(session, PLAN), Cast()
    users: dict[str, UUID] = {}
    for name, (role, index) in ROLES.items():
        held = (role, None if index is None else world.organisations[index].id)
        users[name] = person(session, name, held).id
        cast.cookies[name] = session_token(session, users[name], NOW)
    _ledger_keys(session, world, cast)
    _file_keys(session, world, users["clerk"], cast)
    _people_keys(session, world, users["clerk"], cast)
    _steps_keys(session, world, users["clerk"], cast)
    return cast


def _ledger_keys(session: Session, world: World, cast: Cast) -> None:
    deal = world.deals[0]
    cast.content = content_of(deal)
    cast.keys |= {name: str(key) for name, key in deal.records.items()}
    vendor = session.scalars(select(Contract.vendor_id).where(Contract.id == deal.id)).one()
    target = session.scalars(
        select(Message.channel_id).where(Message.id == world.messages[0].id)
    ).one()
    cast.keys |= {
        "channels": str(target),
        "channel_id": str(target),
        "document_id": str(deal.records["documents"]),
        "contracts": str(deal.id),
        "contract_id": str(deal.id),
        "alert_id": str(deal.records["alerts"]),
        "deliveries": str(world.messages[0].id),
        "message_id": str(world.messages[0].id),
        "programmes": str(world.programmes[0].id),
        "vendors": str(vendor),
        "organisations": str(world.organisations[PURCHASER].id),
        "organisation_id": str(world.organisations[PURCHASER].id),
        "code": "hami-2023",
        "kind": ActKind.ROUND_CONFIRMATION.value,
    }


def _file_keys(session: Session, world: World, clerk: UUID, cast: Cast) -> None:
    deal, by = world.deals[0], world.organisations[PURCHASER].id
    parts = write_parts(session, deal, by, clerk)
    cast.keys |= {name: str(key) for name, key in parts.items()}
    cast.keys |= {
        "enterprises": cast.keys["enterprise_id"],
        "vendor_merges": cast.keys["merge_id"],
        "vendor-merges": cast.keys["merge_id"],
        "vendor_id": cast.keys["vendors"],
        "programme_id": cast.keys["programmes"],
    }
    cast.keys["page"] = "contracts"
    for name in ("rounds", "plans", "hazards", "surveys"):
        cast.keys[f"{name[:-1]}_id"] = str(deal.records[name])
    owners = {
        Owner.ORGANISATION: by,
        Owner.VENDOR: UUID(cast.keys["vendors"]),
        Owner.PROGRAMME: world.programmes[0].id,
    }
    for kind in OTHERS:
        cast.keys[kind.path] = str(write_other(session, kind, owners[kind.owner], by))


def _people_keys(session: Session, world: World, clerk: UUID, cast: Cast) -> None:
    somebody = person(session, "somebody", (Role.CLERK, world.organisations[PURCHASER].id))
    membership = session.scalars(
        select(Membership.id).where(Membership.user_id == somebody.id)
    ).one()
    signed_in = session.scalars(
        select(SignInSession.id).where(SignInSession.user_id == clerk)
    ).one()
    actor = actor_of(session, clerk, TODAY)
    assert actor is not None
    new = NewToken(name="报表", scopes=[Permission.CONTRACTS_READ], valid_days=30)
    token = make_token(session, actor, actor, NOW - timedelta(days=1), new)
    cast.keys |= {
        "users": str(somebody.id),
        "user_id": str(somebody.id),
        "memberships": str(membership),
        "membership_id": str(membership),
        "session_id": str(signed_in),
        "tokens": str(token.id),
        "token_id": str(token.id),
        "token": "unknown",
    }


def _steps_keys(session: Session, world: World, clerk: UUID, cast: Cast) -> None:
    deal, purchaser = world.deals[0], world.organisations[PURCHASER].id
    act = Act(
        id=new_key(),
        kind=ActKind.PLAN_DECISION,
        contract_id=deal.id,
        organisation_id=purchaser,
        subject_id=deal.records["plans"],
        about="第 1 版实施方案",
        facts={
            "plan_id": str(deal.records["plans"]),
            "decision": "approved",
            "decided_on": BEGINS.isoformat(),
            "reasons": "",
        },
        steps=Steps.CLERK_CHECKER_HEAD,
        state=ActState.TO_CHECK,
        entered_by_id=clerk,
        entered_by="clerk",
        entered_at=NOW,
        request_key="cast",
    )
    session.add(act)
    setting = set_steps(
        session,
        LOCAL_OPERATOR,
        SettingEntry(
            organisation_id=purchaser,
            kind=ActKind.PAYMENT,
            steps=Steps.CLERK_CHECKER_HEAD,
            valid_from=TODAY,
        ),
        TODAY,
        NOW,
    )
    session.flush()
    cast.keys |= {
        "acts": str(act.id),
        "act_id": str(act.id),
        "step-settings": str(setting.id),
        "setting_id": str(setting.id),
        "round_id": str(deal.records["rounds"]),
    }
