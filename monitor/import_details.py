"""The sheets that say more of a contract or a round than its own row can."""

from contracts.imports.count_ledger import record_counts
from contracts.imports.detail_ledger import (
    Details,
    record_equipment,
    record_members,
    record_shares,
)
from contracts.imports.survey_ledger import record_surveys
from monitor.import_sheets import Book


def record_details(details: Details, book: Book) -> None:
    """Bring 合同分摊, 联合体, 设备分类, 满意度调查 and 隐患统计 into the ledger."""
    if book.shares is not None:
        record_shares(details, book.shares)
    if book.members is not None:
        record_members(details, book.members)
    if book.equipment is not None:
        record_equipment(details, book.equipment)
    if book.surveys is not None:
        record_surveys(details, book.surveys)
    if book.counts is not None:
        record_counts(details.work, details.index, book.counts)
