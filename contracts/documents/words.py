"""Kinds of documents in the words that people read, in the order in which a contract makes them."""

from collections.abc import Mapping
from typing import Final

from contracts.documents.models import DocumentKind

DOCUMENT_KIND_NAMES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.TENDER: "招标文件",
    DocumentKind.AWARD_NOTICE: "中标通知书",
    DocumentKind.CONTRACT: "合同",
    DocumentKind.AMENDMENT: "补充合同",
    DocumentKind.PLAN: "方案",
    DocumentKind.REPORT: "报告",
    DocumentKind.NOTICE: "整改通知书",
    DocumentKind.PHOTO_BEFORE: "整改前照片",
    DocumentKind.PHOTO_AFTER: "整改后照片",
    DocumentKind.PHOTO: "现场照片",
    DocumentKind.ATTENDANCE: "签到表",
    DocumentKind.SURVEY: "调查问卷",
    DocumentKind.ACCEPTANCE: "验收单",
    DocumentKind.INVOICE: "发票",
    DocumentKind.VOUCHER: "支付凭证",
    DocumentKind.APPROVAL: "批复",
    DocumentKind.MINUTES: "会议纪要",
    DocumentKind.RULE: "制度",
    DocumentKind.QUALIFICATION: "资质证书",
    DocumentKind.OTHER: "其他",
}
