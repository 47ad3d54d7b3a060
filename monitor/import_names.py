"""What an import counts, as people call it."""

from collections.abc import Mapping
from typing import Final

from contracts.imports.detail_ledger import DETAIL_NAMES
from contracts.ledger_changes import LedgerKind
from monitor.import_records import NAMES as RECORD_NAMES

NAMES: Final[Mapping[str, str]] = {
    LedgerKind.ORGANISATIONS: "机构",
    LedgerKind.PROGRAMMES: "预算项目",
    LedgerKind.VENDORS: "承接单位",
    LedgerKind.CONTRACTS: "合同",
    LedgerKind.MILESTONES: "支付节点",
    LedgerKind.PAYMENTS: "支付",
    LedgerKind.ROUNDS: "服务轮次",
    LedgerKind.PLANS: "实施方案",
    LedgerKind.SUPERVISION: "督促检查",
    LedgerKind.ENTERPRISES: "企业",
    LedgerKind.HAZARDS: "隐患",
    **DETAIL_NAMES,
    **RECORD_NAMES,
}
