"""All that somebody may be allowed to do; each route, and each scoped query, names one of these."""

from enum import StrEnum


class Permission(StrEnum):
    """A permission's value is what an API token lists as its scope."""

    CONTRACTS_READ = "contracts.read"
    CONTRACTS_WRITE = "contracts.write"
    SERVICE_READ = "service.read"
    SERVICE_WRITE = "service.write"
    SUPERVISION_WRITE = "supervision.write"
    VENDORS_WRITE = "vendors.write"
    IMPORTS_WRITE = "imports.write"
    MONEY_READ = "money.read"
    ALERTS_READ = "alerts.read"
    FINDINGS_READ = "findings.read"
    SCORES_READ = "scores.read"
    MESSAGES_READ = "messages.read"
    MESSAGES_SEND = "messages.send"
    ACTS_ENTER = "acts.enter"
    ACTS_CHECK = "acts.check"
    ACTS_APPROVE = "acts.approve"
    STEPS_WRITE = "steps.write"
    ORGANISATIONS_READ = "organisations.read"
    ORGANISATIONS_WRITE = "organisations.write"
    USERS_READ = "users.read"
    USERS_WRITE = "users.write"
    MEMBERSHIPS_WRITE = "memberships.write"
    POLICIES_WRITE = "policies.write"
    CHANNELS_READ = "channels.read"
    CHANNELS_WRITE = "channels.write"
    METRICS_READ = "metrics.read"
    TRAIL_READ = "trail.read"
    TRAIL_EXPORT = "trail.export"

    @property
    def label(self) -> str:
        """What a person reads on the page of roles and permissions."""
        return _LABELS[self]


_LABELS = {
    Permission.CONTRACTS_READ: "查看合同、项目与承接单位",
    Permission.CONTRACTS_WRITE: "登记合同、补充合同与合同状态",
    Permission.SERVICE_READ: "查看方案、轮次、隐患与督促检查",
    Permission.SERVICE_WRITE: "登记方案、轮次与隐患",
    Permission.SUPERVISION_WRITE: "登记督促检查、验收、公开与处罚",
    Permission.VENDORS_WRITE: "维护承接主体、资质与企业名录",
    Permission.IMPORTS_WRITE: "导入台账与撤销导入",
    Permission.MONEY_READ: "查看支付节点与支付",
    Permission.ALERTS_READ: "查看预警",
    Permission.FINDINGS_READ: "查看核验发现",
    Permission.SCORES_READ: "查看绩效评价",
    Permission.MESSAGES_READ: "查看消息投递",
    Permission.MESSAGES_SEND: "重新发送消息",
    Permission.ACTS_ENTER: "经办：提出审定、确认与支付",
    Permission.ACTS_CHECK: "审核",
    Permission.ACTS_APPROVE: "批准",
    Permission.STEPS_WRITE: "设置审批步骤",
    Permission.ORGANISATIONS_READ: "查看机构",
    Permission.ORGANISATIONS_WRITE: "维护机构",
    Permission.USERS_READ: "查看用户",
    Permission.USERS_WRITE: "维护用户账号",
    Permission.MEMBERSHIPS_WRITE: "授予与收回角色",
    Permission.POLICIES_WRITE: "设置安全策略",
    Permission.CHANNELS_READ: "查看消息渠道",
    Permission.CHANNELS_WRITE: "维护消息渠道",
    Permission.METRICS_READ: "读取运行指标",
    Permission.TRAIL_READ: "查看审计记录",
    Permission.TRAIL_EXPORT: "导出审计记录",
}
