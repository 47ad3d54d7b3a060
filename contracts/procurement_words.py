"""Ways of procurement and periods of a rate in the words that people read."""

from contracts.models import ProcurementMethod, RatePeriod

METHOD_NAMES = {
    ProcurementMethod.OPEN_TENDER: "公开招标",
    ProcurementMethod.INVITED_TENDER: "邀请招标",
    ProcurementMethod.NEGOTIATION: "竞争性谈判",
    ProcurementMethod.CONSULTATION: "竞争性磋商",
    ProcurementMethod.INQUIRY: "询价",
    ProcurementMethod.SINGLE_SOURCE: "单一来源",
    ProcurementMethod.FRAMEWORK: "框架协议",
    ProcurementMethod.OTHER: "其他",
}
RATE_PERIOD_NAMES = {RatePeriod.DAY: "日", RatePeriod.YEAR: "年"}
