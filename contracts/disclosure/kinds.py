"""公开 as a kind of the file."""

from contracts.disclosure.entries import DisclosureEntry
from contracts.disclosure.models import DisclosedContent, Disclosure
from contracts.disclosure.rules import check_disclosure
from contracts.records.kinds import Owner, RecordKind
from kernel.access.permissions import Permission

CONTENTS = {
    DisclosedContent.INTENTION: "采购意向",
    DisclosedContent.TENDER: "招标公告",
    DisclosedContent.AWARD: "中标结果",
    DisclosedContent.CONTRACT: "合同公告",
    DisclosedContent.BUDGET_AND_SERVICE: "预算与服务内容",
    DisclosedContent.ACCEPTANCE: "验收结果",
    DisclosedContent.EVALUATION: "评价结果",
}

DISCLOSURES = RecordKind(
    name="disclosures",
    title="信息公开",
    group="公开",
    owner=Owner.CONTRACT,
    model=Disclosure,
    entry=DisclosureEntry,
    write=Permission.SUPERVISION_WRITE,
    day="published_on",
    columns=("content_kind", "medium", "published_on", "title", "web_address"),
    natural_key=("content_kind", "medium", "published_on"),
    words={DisclosedContent: CONTENTS},
    rules=check_disclosure,
    empty="还没有登记公开情况。合同应自签订之日起 2 个工作日内公告，验收结果也应公开。",
)
KINDS = (DISCLOSURES,)
