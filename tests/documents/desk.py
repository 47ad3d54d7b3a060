"""Persons who send and fetch documents of the step ledger's contracts."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.storage.disk import DiskContents
from tests.documents import files
from tests.people import session_token
from tests.step_ledger import Person, StepLedger
from tests.web import COOKIE, NOW, stranger


class Desk:
    """A ledger, and whoever sits at the desk."""

    def __init__(self, database: Database, data_dir: Path, ledger: StepLedger) -> None:
        self.database, self.data_dir, self.ledger = database, data_dir, ledger
        self._known: dict[str, Person] = {}
        self._made: Flask | None = None

    def person(self, login: str) -> Person:
        """Signed in, all on one application: it is dear to make."""
        if login not in self._known:
            client = self._app().test_client()
            with self.database.writing(LOCAL_OPERATOR) as session:
                client.set_cookie(COOKIE, session_token(session, self.ledger.users[login], NOW))
            self._known[login] = Person(client)
        return self._known[login]

    def _app(self) -> Flask:
        if self._made is None:
            self._made = stranger(self.database, self.data_dir).application
        return self._made

    def send(
        self, login: str, of: str, record_id: UUID, content: bytes = files.PDF, **more: Any
    ) -> Any:
        """Upload; ``file_name`` and ``key`` are the file's name and the Idempotency-Key."""
        name, key = more.pop("file_name", "合同.pdf"), more.pop("key", "")
        fields = {"object_kind": of, "object_id": str(record_id), "kind": "contract", **more}
        return self.post(login, "documents", fields, content, name, key)

    def post(
        self,
        login: str,
        path: str,
        fields: dict[str, str],
        content: bytes | None = None,
        name: str = "合同.pdf",
        key: str = "",
    ) -> Any:
        who = self.person(login)
        sent: dict[str, Any] = dict(fields)
        if content is not None:
            sent["file"] = FileStorage(BytesIO(content), name)
        boundary, body = encode_multipart(sent)
        headers = {"X-CSRFToken": who.token, **({"Idempotency-Key": key} if key else {})}
        kind = f"multipart/form-data; boundary={boundary}"
        return who.client.post(f"/api/v1/{path}", data=body, content_type=kind, headers=headers)

    def stored(self) -> set[str]:
        """What the store holds."""
        return {each.sha256 for each in DiskContents(self.data_dir / "documents").listed()}
