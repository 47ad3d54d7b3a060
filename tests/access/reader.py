"""Looks at everything that a person can open, and compares it with what the oracle says."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from flask.testing import FlaskClient

from tests.access.file_facts import OF_CONTRACTS
from tests.access.oracle import Oracle
from tests.access.world import World, marks

LEDGER_LISTS = {
    "contracts": "c", "milestones": "m", "payments": "m", "rounds": "s", "plans": "s", "alerts": "a",
    "hazards": "s", "hazard-counts": "s", "surveys": "s",
    **{kind.path: "s" for kind in OF_CONTRACTS},
}  # fmt: skip
"""Lists of the API whose items belong to one contract, and the kind that each item is."""
LOOKED_AT_ANYWAY = frozenset(
    {"/", "/contracts", "/alerts", "/findings", "/deliveries", "/scores"}
    | {f"/api/v1/{name}" for name in (*LEDGER_LISTS, "deliveries", "programmes")}
)
"""Lists that are compared with what is expected, beside being searched for leaks."""
PAGES_OF_CONTRACTS = ("/contracts", "/alerts", "/findings", "/deliveries", "/scores")
"""Where an organisation's name tells that it has a part in a contract.

Elsewhere it does not: the tree is known to everybody who works here.
"""
_MONTH = re.compile(r'data-month="(\d+)月" data-due="([\d.]+)" data-paid="([\d.]+)"')
_TOTAL = re.compile(r'<span class="big">([\d,.]+)</span> <span class="unit">万元')
_OPTIONS = re.compile(r'<select[^>]*name="(\w+)".*?</select>', re.DOTALL)


@dataclass
class Reader:
    """One person at a client; ``looked_at`` counts the answers that were searched for leaks."""

    client: FlaskClient
    world: World
    oracle: Oracle
    looked_at: int = 0

    def read_everything(self, plain_addresses: Iterable[str]) -> None:
        """Every address without a parameter, then lists, details, searches, counts, charts."""
        for address in plain_addresses:
            self.get(address)
        self.api_lists()
        self.details()
        self.searches()
        self.pages()
        self.overview()
        self.scores()

    def get(self, address: str, expected: int | None = None) -> str:
        """An answer's text, searched for what it must not show."""
        answer = self.client.get(address)
        self.looked_at += 1
        if expected is not None:
            assert answer.status_code == expected, (address, answer.status_code, expected)
        assert answer.status_code < 500, (address, _text(answer)[:2000])
        text = _text(answer)
        allowed = self.allowed()
        # What was asked for is repeated in the form and in the error that names the address.
        asked = set(marks(address))
        leaked = {
            mark
            for mark in marks(text)
            if mark not in allowed
            and mark not in asked
            and (mark[1] != "o" or _tells_of_contracts(address))
            and (mark[1] != "d" or not self.oracle.knows_channels())
        }
        assert not leaked, f"{address} shows {sorted(leaked)}: {self.oracle.plan}"
        return text

    def allowed(self) -> set[tuple[int, str]]:
        """The marks that this person may meet anywhere."""
        world, oracle = self.world, self.oracle
        seen = {
            (world.deals[index].number, kind) for kind in "csmaf" for index in oracle.seen(kind)
        }
        seen |= {(world.programmes[index].number, "n") for index in oracle.programmes()}
        seen |= {(world.programmes[index].number, "f") for index in oracle.whole("f")}
        seen |= {(world.messages[index].number, "d") for index in oracle.messages()}
        seen |= {(world.messages[index].number, "r") for index in oracle.whole_messages()}
        return seen | {(world.organisations[index].number, "o") for index in oracle.organisations()}

    def items(self, path: str, kind: str) -> list[dict[str, Any]]:
        """A list of the API; refused as a whole to who has no role for its kind."""
        may = self.oracle.may(kind)
        text = self.get(f"/api/v1/{path}", 200 if may else 403)
        found: list[dict[str, Any]] = json.loads(text)["items"] if may else []
        return found

    def api_lists(self) -> None:
        """Lists hold exactly what is seen, and withhold what is not."""
        for path, kind in LEDGER_LISTS.items():
            found = {item["id"] for item in self.items(path, kind)}
            records = self.records(path)
            assert found == {records[index] for index in self.oracle.seen(kind)}, path
        for item in self.items("contracts", "c"):
            index = [str(deal.id) for deal in self.world.deals].index(item["id"])
            assert (item["total"] is None) == (index not in self.oracle.seen("m"))
            assert (item["plan_state"] is None) == (index not in self.oracle.seen("s"))
        self.filtered()
        messages = {str(self.world.messages[index].id) for index in self.oracle.messages()}
        assert {item["id"] for item in self.items("deliveries", "t")} == messages
        known = {str(self.world.programmes[index].id): index for index in self.oracle.programmes()}
        programmes = self.items("programmes", "c")
        assert {item["id"] for item in programmes} == known.keys()
        for item in programmes:
            is_shown = known[item["id"]] in self.oracle.budgets()
            assert (item["budget"] is not None) == is_shown
            assert ("budget" in item["withheld"]) != is_shown

    def filtered(self) -> None:
        """A filter by what is not seen finds nothing: else it would tell."""
        contracts, seen = self.records("contracts"), self.oracle.seen
        money, service = seen("c") & seen("m"), seen("c") & seen("s")
        for asked, expected in (
            ("overdue=true", money),
            ("overdue=false", set[int]()),
            ("plan_state=submitted", service),
        ):
            found = {item["id"] for item in self.items(f"contracts?{asked}", "c")}
            assert found == {contracts[index] for index in expected}, asked

    def details(self) -> None:
        """Each record by its key: there for who sees it, and as if it were not for others."""
        for path, kind in LEDGER_LISTS.items():
            for index, key in enumerate(self.records(path)):
                self.get(
                    f"/api/v1/{path}/{key}", self.status(kind, index in self.oracle.seen(kind))
                )
        for index, deal in enumerate(self.world.deals):
            self.contract_page(index)
            sees = index in self.oracle.seen("a")
            self.get(f"/alerts/{deal.records['alerts']}", self.status("a", sees))
        for index, message in enumerate(self.world.messages):
            status = self.status("t", index in self.oracle.messages())
            text = self.get(f"/deliveries/{message.id}", status)
            self.get(f"/api/v1/deliveries/{message.id}", status)
            is_whole = index in self.oracle.whole_messages()
            assert (message.mark("r") in text) == (status == 200 and is_whole)
        for index, programme in enumerate(self.world.programmes):
            self.get(
                f"/api/v1/programmes/{programme.id}",
                self.status("c", index in self.oracle.programmes()),
            )

    def contract_page(self, index: int) -> None:
        """One contract's sheet, with every part that its reader may see."""
        deal = self.world.deals[index]
        status = self.status("c", index in self.oracle.seen("c"))
        found = set(marks(self.get(f"/contracts/{deal.id}", status)))
        if status == 200:
            shown = {kind for kind in "csmaf" if index in self.oracle.seen(kind)}
            assert {kind for number, kind in found if number == deal.number} == shown

    def searches(self) -> None:
        """A search for a contract that is not seen finds nothing."""
        for index, deal in enumerate(self.world.deals):
            found = self.items(f"contracts?q={deal.mark('c')}", "c")
            assert len(found) == (index in self.oracle.seen("c"))

    def pages(self) -> None:
        """Lists on screen, their counts and the choices of their filters."""
        for address, kind in (("/contracts", "c"), ("/alerts", "a"), ("/findings", "f")):
            text = self.get(address, 200 if self.oracle.may(kind) else 403)
            if not self.oracle.may(kind):
                continue
            expected = {self.world.deals[index].number for index in self.oracle.seen(kind)}
            if kind == "f":
                expected |= {self.world.programmes[i].number for i in self.oracle.whole("f")}
            assert {number for number, found in marks(text) if found == kind} == expected, address
            assert f"共 {len(expected)} " in text, address
            self.choices(text)
        text = self.get("/deliveries", 200 if self.oracle.may("t") else 403)
        listed = text.partition('id="results"')[2].partition("</section>")[0]
        for index, message in enumerate(self.world.messages):
            assert (message.mark("d") in listed) == (index in self.oracle.messages())
        if self.oracle.may("t"):
            assert f"已搁置 {len(self.oracle.messages())} 条" in text

    def choices(self, text: str) -> None:
        """The programmes to choose from are those that the person knows of."""
        for match in _OPTIONS.finditer(text):
            if match.group(1) == "programme":
                named = {number for number, kind in marks(match.group(0)) if kind == "n"}
                known = self.oracle.programmes()
                assert named == {self.world.programmes[index].number for index in known}

    def overview(self) -> None:
        """Sums, counts and the chart: amounts are powers of two, so a sum tells its parts."""
        text = self.get("/")
        if not self.oracle.seen("c"):
            assert not list(marks(text.partition("<main")[2])), "figures of nothing"
            return
        money = sum(1 << index for index in self.oracle.seen("m"))
        months = {int(m): (float(due), float(paid)) for m, due, paid in _MONTH.findall(text)}
        assert (months[6][0], months[5][1]) == (1_000 * money, 100 * money)
        total = _TOTAL.search(text)
        assert total is not None
        assert float(total.group(1).replace(",", "")) == money
        assert f"{len(self.oracle.seen('c'))} 份合同" in text
        alerts = re.search(r'<a class="big" href="/alerts">(\d+)</a>', text)
        findings = re.search(r"核验发现 (\d+) 项", text)
        if self.oracle.may("a"):
            assert alerts is not None
            assert findings is not None
            assert int(alerts.group(1)) == len(self.oracle.seen("a") & self.oracle.seen("c"))
            expected = len(self.oracle.seen("f")) + len(self.oracle.whole("f"))
            assert int(findings.group(1)) == expected
        else:
            assert alerts is None
            assert findings is None

    def scores(self) -> None:
        """The evaluation of the first programme is for who sees the whole of it."""
        status = self.status("g", 0 in self.oracle.whole("g"))
        self.get("/scores/hami-2023", status)
        self.get("/api/v1/scores/hami-2023", status)
        listed = self.get("/scores")
        assert ("/scores/hami-2023" in listed) == (status == 200)

    def records(self, path: str) -> list[str]:
        """Keys of one record of each contract, in the order of the plan."""
        if path == "contracts":
            return [str(deal.id) for deal in self.world.deals]
        return [str(deal.records[path]) for deal in self.world.deals]

    def status(self, kind: str, is_seen: bool) -> int:
        """What asking for one record answers."""
        if not self.oracle.may(kind):
            return 403
        return 200 if is_seen else 404


def _tells_of_contracts(address: str) -> bool:
    path = address.partition("?")[0]
    ledger = (
        "/api/v1/programmes",
        *(f"/api/v1/{name}" for name in LEDGER_LISTS),
        *PAGES_OF_CONTRACTS,
    )
    return path == "/" or path.startswith(ledger) or path.startswith("/api/v1/deliveries")


def _text(answer: Any) -> str:
    """What an answer says; a workbook is unpacked first."""
    content: bytes = answer.get_data()
    if not content.startswith(b"PK"):
        return content.decode()
    with ZipFile(BytesIO(content)) as parts:
        return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
