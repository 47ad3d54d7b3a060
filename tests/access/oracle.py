"""What a person ought to see, worked out in plain Python from the issue's words, not from the code.

Kinds of what is known of a contract: c itself, s service, m money, a alerts, f findings, t messages
about it, g scores of its programme.
"""

from dataclasses import dataclass

from kernel.access.roles import Role
from tests.access.plans import Held, Plan, Span

OWN, LED, LEVEL = "own", "led", "level"

SEES: dict[Role, tuple[str, str]] = {
    Role.CLERK: (OWN, "csmaft"),
    Role.CHECKER: (OWN, "csmaft"),
    Role.HEAD: (OWN, "csmaft"),
    Role.OVERSIGHT: (LED, "csmaftg"),
    Role.AUDITOR: (LED, "csmaftg"),
    Role.FINANCE: (LEVEL, "cmg"),
}
"""How far a role sees, and what; administrators see nothing of a contract."""


@dataclass(frozen=True)
class Oracle:
    """Answers for one plan."""

    plan: Plan

    def seen(self, kind: str) -> set[int]:
        """Indexes of the contracts of which the person sees this kind."""
        own, led = self._roots(kind)
        return {
            index
            for index, deal in enumerate(self.plan.deals)
            if self._below(led, deal.purchaser, deal.payer, self.plan.leads[deal.programme])
            or self._below(own, deal.purchaser, deal.payer)
        }

    def whole(self, kind: str) -> set[int]:
        """Indexes of the programmes that the person sees the whole of."""
        _own, led = self._roots(kind)
        return {index for index, lead in enumerate(self.plan.leads) if self._below(led, lead)}

    def budgets(self) -> set[int]:
        """Indexes of the programmes whose budget the person sees: of the lead's own side."""
        own, led = self._roots("m")
        return {index for index, lead in enumerate(self.plan.leads) if self._below(own | led, lead)}

    def programmes(self) -> set[int]:
        """Indexes of the programmes that the person knows of."""
        own, led = self._roots("c")
        mine = {index for index, lead in enumerate(self.plan.leads) if self._below(own | led, lead)}
        return mine | {self.plan.deals[index].programme for index in self.seen("c")}

    def messages(self) -> set[int]:
        """Indexes of the messages that tell of something that the person sees."""
        seen = self.seen("t")
        return {index for index, told in enumerate(self.plan.messages) if told & seen}

    def whole_messages(self) -> set[int]:
        """Indexes of those that tell of nothing else."""
        seen = self.seen("t")
        return {index for index, told in enumerate(self.plan.messages) if told <= seen}

    def organisations(self) -> set[int]:
        """Indexes of the organisations named by what the person sees, or that the person serves."""
        named = {self.plan.leads[index] for index in self.programmes()}
        for index in self.seen("c"):
            deal = self.plan.deals[index]
            named |= {deal.purchaser, deal.purchaser if deal.payer is None else deal.payer}
        for held in self.plan.roles:
            if held.organisation is not None:
                named |= set(self._above(held.organisation))
        return named

    def knows_channels(self) -> bool:
        """系统管理员 keeps the channels and 审计管理员 reads who changed them: both know their names."""
        today = {Span.OPEN, Span.LAST_DAY}
        knowing = {Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN}
        return any(h.role in knowing and h.span in today for h in self.plan.roles)

    def may(self, kind: str) -> bool:
        """Whether any role held today shows this kind."""
        return any(kind in SEES[held.role][1] for held in self._held())

    def _held(self) -> list[Held]:
        today = {Span.OPEN, Span.LAST_DAY}
        return [h for h in self.plan.roles if h.span in today and h.role in SEES]

    def _roots(self, kind: str) -> tuple[set[int], set[int]]:
        own: set[int] = set()
        led: set[int] = set()
        for held in self._held():
            reach, kinds = SEES[held.role]
            if kind not in kinds or held.organisation is None:
                continue
            parent = self.plan.parents[held.organisation]
            if reach == OWN:
                own.add(held.organisation)
            elif reach == LEVEL and parent is not None:
                led.add(parent)
            else:
                led.add(held.organisation)
        return own, led

    def _above(self, organisation: int) -> list[int]:
        chain = [organisation]
        while (parent := self.plan.parents[chain[-1]]) is not None:
            chain.append(parent)
        return chain

    def _below(self, roots: set[int], *organisations: int | None) -> bool:
        return any(roots & set(self._above(one)) for one in organisations if one is not None)
