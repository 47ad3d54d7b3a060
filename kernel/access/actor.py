"""Who does it. Every write takes an actor; every read takes one to scope what it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from kernel.access.permissions import Permission
from kernel.access.roles import ROLES, Reach, Role


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose contracts: those ``own`` organisations buy or pay for, those ``led`` have any part in.

    Each organisation stands for all below it. ``everything`` knows no bounds.
    """

    own: frozenset[UUID] = frozenset()
    led: frozenset[UUID] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for an organisation (None for an administrator of the whole service).

    ``root`` is where the role's reach begins: the organisation, or for 财政 the government above it.
    ``whole``: nothing lies outside the root, it is the tree's only one; then no contract needs to be
    looked for in it.
    """

    role: Role
    organisation_id: UUID | None = None
    root: UUID | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, the operator at the machine, or a named job.

    ``everything`` is the operator and the service's own jobs. ``token_scopes`` are what an API
    token is limited to (None: signed in, not limited). ``person`` is the 姓名 behind the account.
    """

    name: str
    grants: tuple[Grant, ...] = ()
    user_id: UUID | None = None
    everything: bool = False
    token_scopes: frozenset[Permission] | None = None
    person: str = ""

    @property
    def label(self) -> str:
        """What people read of who did it: the person's name, else the account's."""
        return self.person or self.name

    def may(self, permission: Permission) -> bool:
        """Whether the actor has the permission for any organisation at all."""
        return self._allows(permission) and (
            self.everything or any(permission in ROLES[g.role].permissions for g in self.grants)
        )

    def scope(self, permission: Permission) -> Scope:
        """On whose contracts the actor has the permission: the union over the actor's roles."""
        if not self._allows(permission):
            return Scope()
        if self.everything:
            return Scope(everything=True)
        held = [g for g in self.grants if permission in ROLES[g.role].permissions]
        return _scope(held)

    def reach(self) -> Scope:
        """Whose contracts the actor sees in any way: what the database's own wall is told."""
        return Scope(everything=True) if self.everything else _scope(self.grants)

    def holds(self, role: Role) -> bool:
        """Whether the actor holds the role for any organisation."""
        return any(grant.role is role for grant in self.grants)

    def _allows(self, permission: Permission) -> bool:
        return self.token_scopes is None or permission in self.token_scopes


def _scope(grants: Iterable[Grant]) -> Scope:
    placed = [(grant, ROLES[grant.role].reach) for grant in grants if grant.root]
    own = {grant.root for grant, reach in placed if grant.root and reach is Reach.OWN}
    wide = [grant for grant, reach in placed if reach in (Reach.LED, Reach.LEVEL)]
    led = {grant.root for grant in wide if grant.root}
    return Scope(frozenset(own), frozenset(led), any(grant.whole for grant in wide))


LOCAL_OPERATOR = Actor("operator", everything=True)
SCAN_JOB = Actor("system:scan", everything=True)
DELIVERY_JOB = Actor("system:delivery", everything=True)
SEAL_JOB = Actor("system:seal", everything=True)
SIGN_IN = Actor("system:sign-in", everything=True)
NOBODY = Actor("anonymous")
