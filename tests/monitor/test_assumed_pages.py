"""Figures that rest on assumed values say so, and the others do not."""

from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import select, update

from contracts.models import Contract, Programme
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.boards import added_up, programme_lines
from payments.boards import months_of_year
from payments.models import Milestone, Payment
from tests.ledger import ContractSpec, MilestoneSpec
from tests.pages import APPROVED, BEGINS, DUE, late, page, write
from tests.web import TODAY

PART = (DUE, Decimal("28800"))


def assume(
    database: Database,
    kind: type[Contract] | type[Milestone] | type[Payment],
    *fields: str,
) -> tuple[str, ...]:
    """Mark fields of the first record of a kind; the overview's sums that then bear a mark."""
    with database.writing(LOCAL_OPERATOR) as session:
        first = select(kind.id).order_by(kind.id).limit(1).scalar_subquery()
        session.execute(update(kind).where(kind.id == first).values(assumed=list(fields)))
    with database.reading(LOCAL_OPERATOR) as session:
        lines = programme_lines(session, LOCAL_OPERATOR, TODAY)
    assert added_up(lines).assumed == lines[0].figures.assumed
    return lines[0].figures.assumed


def test_sums_name_what_in_them_is_assumed(database: Database) -> None:
    write(database, late(PART), late(PART))
    assert assume(database, Contract, "number", "signed_on") == ()
    assert assume(database, Payment, "voucher", "milestone_id") == ()
    assert assume(database, Milestone, "name") == ()
    assert assume(database, Milestone, "days_allowed") == ("overdue",)
    assert assume(database, Milestone) == ()
    assert assume(database, Payment, "paid_on") == ("paid", "unpaid")
    assert assume(database, Payment, "amount") == ("paid", "unpaid")
    assert assume(database, Payment) == ()
    assert assume(database, Contract, "total") == ("total", "unpaid")


def test_what_is_not_in_a_sum_marks_nothing(database: Database) -> None:
    """A milestone paid in time is not overdue; without a total nothing is counted as unpaid."""
    paid = MilestoneSpec(Decimal("28800"), DUE, [PART])
    write(database, ContractSpec(BEGINS, [paid], [APPROVED], total=None))
    assert assume(database, Milestone, "due_on_given") == ()
    assert assume(database, Payment, "paid_on") == ("paid",)


def test_the_overview_marks_sums_that_rest_on_assumptions(
    client: FlaskClient, database: Database
) -> None:
    write(database, late(PART), late(PART))
    assert 'class="assumed"' not in page(client, "/")
    assume(database, Payment, "amount")
    text = " ".join(page(client, "/").split())
    for label, amount, bears_mark in (
        ("合同总额", "200.00", False),
        ("已付", "5.76", True),
        ("未付", "194.24", True),
        ("逾期未付", "10.00", False),
    ):
        figure = text.split(f"<dt>{label}</dt>")[1].split("</dd>")[0]
        assert amount in figure
        assert ('class="assumed"' in figure) is bears_mark
    by_programme = text.split('id="programmes"')[1].split("</table>")[0]
    assert by_programme.count('class="assumed"') == 2


def test_months_name_what_in_them_is_assumed(client: FlaskClient, database: Database) -> None:
    write(database, late(PART), late(PART))

    def marked() -> list[tuple[int, tuple[str, ...]]]:
        with database.reading(LOCAL_OPERATOR) as session:
            months = months_of_year(session, LOCAL_OPERATOR, TODAY)
        return [(item.month, item.assumed) for item in months if item.assumed]

    assert marked() == []
    assume(database, Milestone, "share")
    assert marked() == [(6, ("due",))]
    assume(database, Payment, "paid_on")
    assert marked() == [(6, ("due", "paid"))]
    table = page(client, "/").split('id="months-table"')[1].split("</table>")[0]
    assert table.count('class="assumed"') == 4, "a mark for each figure and each sum of the year"


def test_an_assumed_start_marks_the_day_a_plan_was_due(
    client: FlaskClient, database: Database
) -> None:
    (key,) = write(database, ContractSpec(BEGINS))
    card = 'id="service-now"'
    assert 'class="assumed"' not in page(client, f"/contracts/{key}")
    assume(database, Contract, "service_start")
    shown = page(client, f"/contracts/{key}").split(card)[1].split("</section>")[0]
    assert "服务开始（2023-03-01<span" in shown
    assert ">假定</span>）前应审定" in shown


def test_a_score_names_what_is_assumed(client: FlaskClient, database: Database) -> None:
    write(database, late(PART))
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Programme).values(code="HAMI-2023-DSF"))
    assert "为假定</span>" not in page(client, "/scores/hami-2023")
    assume(database, Contract, "service_start")
    assume(database, Milestone, "days_allowed")
    text = page(client, "/scores/hami-2023")
    assert "服务期限起为假定</span>" in text
    assert "付款期限为假定</span>" in text
    assert ">假定</span>" not in text
