"""What a try to sign in stands on: the database, the service's keys, from where it comes, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from kernel.access.actor import SIGN_IN, Actor
from kernel.cause import Cause
from kernel.database import Database
from kernel.sealed_secrets import SealedSecrets
from people.sign_in.guarded import Gate
from people.sign_in.known_devices import is_known_device
from people.sign_in.sessions import SignedIn, Visitor, clients_known
from people.sign_in.throttle import Place, counts_of

ADDRESS_KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's view. ``key`` signs and hashes; ``device`` is what the browser's mark says."""

    database: Database
    key: bytes
    sealed: SealedSecrets
    visitor: Visitor
    device: str
    cause: Cause
    now: datetime
    today: date

    def place(self, session: Session, login: str, user_id: UUID) -> Place:
        """From where the request comes, as seen from an account: a known browser or address."""
        is_known = is_known_device(self.key, login, self.device, self.now)
        since = self.now - ADDRESS_KNOWN_FOR
        return Place(
            self.visitor.client,
            self.device if is_known else "",
            clients_known(session, user_id, self.visitor.client, since),
        )

    def gate(self, found: SignedIn, what: str) -> Gate:
        """What one who is signed in, or nearly, passes with another secret of the account."""
        login = found.actor.name
        with self.database.reading(SIGN_IN) as session:
            place = self.place(session, login, found.user_id)
        counts = counts_of(self.key, f"{what}\0{login}", place, found.terms)
        return Gate(self.database, found.terms, counts, found.user_id, self.cause)


def author(found: SignedIn) -> Actor:
    """The user as the author of what happens to the own account."""
    return Actor(found.actor.name, user_id=found.user_id)
