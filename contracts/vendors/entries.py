"""What comes in of qualifications, admission, evaluation, promised and present resources."""

from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, model_validator

from contracts.records.kinds import RecordIn
from contracts.vendors.grading import grade_of
from contracts.vendors.models import EvaluationStage, Grade, ResourceKind
from kernel.entry_fields import OnDay
from kernel.fields import printable
from kernel.shares import Share

Count = Annotated[int, Field(ge=0, le=100_000_000)]
Line = Annotated[str, AfterValidator(printable)]


class QualificationEntry(RecordIn):
    """资质。"""

    vendor_id: UUID = Field(title="承接主体")
    kind: Line = Field(
        min_length=1, max_length=60, title="资质名称", description="如 安全评价机构资质"
    )
    number: Line = Field(min_length=1, max_length=80, title="证书编号")
    rank: Line = Field("", max_length=20, title="等级", description="如 甲级、一级；不分等级时不填")
    sectors: Line = Field(
        "", max_length=200, title="适用行业领域", description="用顿号分开；不填为不限行业领域"
    )
    issued_by: Line = Field("", max_length=200, title="发证机关")
    issued_on: OnDay | None = Field(None, title="发证日期")
    expires_on: OnDay | None = Field(
        None, title="有效期至", description="含当日；不清楚时不填，长期有效的在下一项选“是”"
    )
    is_permanent: bool = Field(False, title="长期有效")
    revoked_on: OnDay | None = Field(None, title="撤销日期", description="被撤销、注销时填")


class QualificationRequirementEntry(RecordIn):
    """资质要求。"""

    organisation_id: UUID = Field(
        title="提出要求的机构", description="对它和下级机构购买或牵头的合同有效"
    )
    sector: Line = Field(min_length=1, max_length=60, title="行业领域", description="一次填一个")
    kind: Line = Field(min_length=1, max_length=60, title="资质名称")
    rank: Line = Field("", max_length=20, title="最低等级", description="不填为任何等级")
    valid_from: OnDay = Field(title="自")
    valid_to: OnDay | None = Field(None, title="至（不含）", description="继续有效时不填")


class AdmissionEntry(RecordIn):
    """准入。"""

    vendor_id: UUID = Field(title="承接主体")
    organisation_id: UUID = Field(title="准入机构", description="作出准入决定的机构")
    sector: Line = Field(min_length=1, max_length=60, title="行业领域", description="一次填一个")
    admitted_on: OnDay = Field(title="准入日期")
    until_on: OnDay | None = Field(None, title="有效至", description="含当日；没有定期限时不填")
    evaluation_id: UUID | None = Field(None, title="依据的履约评价")
    basis: Line = Field("", max_length=200, title="依据", description="文号、会议等")
    ended_on: OnDay | None = Field(None, title="清退日期")
    ended_reason: Line = Field("", max_length=500, title="清退原因")


class EvaluationEntry(RecordIn):
    """履约评价。"""

    contract_id: UUID = Field(title="合同")
    organisation_id: UUID = Field(title="评价机构")
    stage: EvaluationStage = Field(title="阶段")
    period: Line = Field("", max_length=40, title="评价期间", description="如 2023年第3季度")
    evaluated_on: OnDay = Field(title="评价日期")
    score: Annotated[Share, Field(ge=0, le=100, decimal_places=4)] | None = Field(
        None, title="得分", description="百分制；只有等级时不填"
    )
    grade: Grade | None = Field(
        None, title="等级", description="不填时按得分：90 分起为优，80 分起为良，60 分起为中"
    )

    @model_validator(mode="wrap")
    @classmethod
    def _graded_by_points(cls, given: Any, validated: ModelWrapValidatorHandler[Self]) -> Self:
        """The grade where only points were entered."""
        entry = validated(given)
        if entry.score is None or "grade" in entry.model_fields_set:
            return entry
        return entry.model_copy(update={"grade": grade_of(entry.score)})


class EvaluationConditionEntry(RecordIn):
    """付款所待的履约评价。"""

    contract_id: UUID = Field(title="合同")
    milestone_number: Annotated[int, Field(ge=1, le=1000)] = Field(
        title="付款节点序号", description="见合同页“付款节点”"
    )
    stage: EvaluationStage = Field(title="所待的评价")
    least_grade: Grade = Field(title="最低等级")
    clause: Line = Field("", max_length=200, title="合同条款", description="如 第六条第2款")
    agreed_on: OnDay | None = Field(None, title="约定日期")


class ResourceEntry(RecordIn):
    """约定的人员、设备、场地。"""

    contract_id: UUID = Field(title="合同")
    kind: ResourceKind = Field(title="种类")
    item: Line = Field(min_length=1, max_length=100, title="名称", description="如 应急救援队员")
    promised: Count | None = Field(None, title="约定数")
    unit: Line = Field("", max_length=20, title="单位", description="人、套、平方米")
    basis: Line = Field(
        "", max_length=200, title="依据", description="写在哪里：服务合同、投标文件、绩效目标表"
    )
    agreed_on: OnDay | None = Field(None, title="约定日期")


class PresenceEntry(RecordIn):
    """到位情况。"""

    contract_id: UUID = Field(title="合同")
    resource_id: UUID = Field(title="约定的资源")
    seen_on: OnDay = Field(title="清点日期")
    present: Count = Field(title="到位数")
    site: Line = Field("", max_length=200, title="地点", description="同一天几处清点的，分别登记")
    counted_by: Line = Field("", max_length=120, title="清点人")


def whole_points(score: Decimal) -> str:
    """Points as they are spoken: 86.5 分."""
    return f"{score.normalize():f} 分"
