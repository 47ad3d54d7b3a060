"""A contract's states and sources of money in the words that people read."""

from contracts.life.models import ContractState, MoneyLevel

STATE_NAMES = {
    ContractState.DRAFT: "草稿",
    ContractState.AWARDED: "待签",
    ContractState.SIGNED: "已签",
    ContractState.IN_SERVICE: "服务中",
    ContractState.SUSPENDED: "已暂停",
    ContractState.COMPLETED: "已完成",
    ContractState.TERMINATED: "已终止",
}
STATE_LOOKS = {
    ContractState.DRAFT: "quiet",
    ContractState.AWARDED: "waiting",
    ContractState.SIGNED: "info",
    ContractState.IN_SERVICE: "waiting",
    ContractState.SUSPENDED: "major",
    ContractState.COMPLETED: "done",
    ContractState.TERMINATED: "critical",
}
"""The colour of each state, by the names that the badges know."""
MONEY_LEVEL_NAMES = {
    MoneyLevel.CENTRAL: "中央",
    MoneyLevel.PROVINCE: "自治区（省）",
    MoneyLevel.CITY: "市级",
    MoneyLevel.DISTRICT: "区县",
    MoneyLevel.OTHER: "其他",
}
