"""The provider as a process of its own, and a service that signs people in by it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.settings import Settings
from kernel.trail.models import AuditEntry
from monitor.app import create_app
from people.models import Membership
from people.single_sign_on.provider import Provider
from people.single_sign_on.signing_on import SingleSignOn
from tests.clocks import StoppedClock
from tests.ledger import city

TODAY = date(2023, 12, 31)
SECRET = "local-provider-secret"  # noqa: S105, RUF100 — of the provider beside this file


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    program = Path(__file__).with_name("provider.py")
    process = subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.communicate()


@dataclass
class Bureau:
    """A service with single sign-on, a browser at it, and the provider's knobs."""

    database: Database
    settings: Settings
    issuer: str
    client: FlaskClient
    organisation: Organisation

    def turn(self, **knobs: Any) -> None:
        requests.post(f"{self.issuer}/knobs", json=knobs, timeout=10).raise_for_status()

    def asked(self) -> list[str]:
        found: list[str] = requests.get(f"{self.issuer}/asked", timeout=10).json()
        return found

    def leave(self, client: FlaskClient | None = None, next_page: str = "/") -> str:
        """Click the button; the provider's address to go to."""
        answer = (client or self.client).get("/sign-in/sso", query_string={"next": next_page})
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    def return_from(self, address: str) -> str:
        """Sign in at the provider; the path and query that it sends the browser back to."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def sign_on(self, **knobs: Any) -> Any:
        """All the way; the answer of the callback."""
        self.turn(**knobs)
        return self.client.get(self.return_from(self.leave()))

    def said(self, answer: Any) -> str:
        """What the sign-in page says after the answer."""
        assert answer.status_code == 303
        page = self.client.get(answer.headers["Location"], follow_redirects=True)
        return str(page.get_data(as_text=True))

    def is_signed_in(self) -> bool:
        return self.client.get("/api/v1/tokens").status_code == 200

    def roles(self) -> set[str]:
        open_ones = select(Membership.role).where(Membership.ended_at.is_(None))
        with self.database.reading(LOCAL_OPERATOR) as session:
            return set(session.scalars(open_ones))

    def count(self, model: Any) -> int:
        with self.database.reading(LOCAL_OPERATOR) as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def noted(self) -> list[Any]:
        """What the trail tells of sign-ons that were refused."""
        refused = select(AuditEntry.after).where(AuditEntry.action == "sign_in_refused")
        with self.database.reading(LOCAL_OPERATOR) as session:
            return list(session.scalars(refused))

    def browser(self) -> FlaskClient:
        return self.client.application.test_client()

    def limit_seconds(self, seconds: float) -> None:
        sso: SingleSignOn = self.client.application.extensions["single_sign_on"]
        patient = replace(sso.provider.settings, timeout_seconds=seconds)
        self.client.application.extensions["single_sign_on"] = replace(
            sso, provider=Provider(patient)
        )


@pytest.fixture
def bureau(database: Database, tmp_path: Path, issuer: str) -> Bureau:
    with database.writing(LOCAL_OPERATOR) as session:
        organisation = city(session).bureau
    code = organisation.code
    settings = Settings(
        data_dir=tmp_path,
        business_date=TODAY,
        oidc_issuer=issuer,
        oidc_client_id="monitor",
        oidc_client_secret=SECRET,
        oidc_groups=f"安监科=oversight@{code}; 财务=finance@{code}; 运维=system_admin; 纪检=audit_admin;"
        f"办公室=clerk@{code}; 外地=clerk@NOWHERE",
    )
    clock = StoppedClock(datetime.now(UTC), TODAY)
    app = create_app(settings, database, clock)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    found = Bureau(database, settings, issuer, app.test_client(), organisation)
    found.turn()
    return found
