"""What is wrong with a workbook, cell by cell, and what it contradicts."""

from dataclasses import asdict, dataclass, field

from kernel.errors import FieldProblem, InputError

MOST_LISTED = 200
"""Problems listed one by one; of more than that a person mends the first and tries again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell: sheet, row from 1, column as ``G 本次付款额(万元)``, what stands there, what is allowed.

    Row and column are None where the sheet or the file as a whole is meant.
    """

    sheet: str
    row: int | None
    column: str | None
    value: str
    message: str

    def as_json(self) -> dict[str, str | int | None]:
        """The shape that other programs read."""
        return asdict(self)

    def sentence(self) -> str:
        """One line for a person: where, what was found, what is allowed."""
        row = "" if self.row is None else f" 第{self.row}行"
        column = "" if self.column is None else f" {self.column}"
        value = "" if not self.value else f"“{self.value}”"
        place = f"{self.sheet}{row}{column}".strip()
        return "：".join(part for part in (place, value, self.message) if part)


@dataclass(slots=True)
class Problems:
    """A list that stops growing at ``most`` and goes on counting; ``sheets`` have problems."""

    listed: list[Problem] = field(default_factory=list)
    total: int = 0
    sheets: set[str] = field(default_factory=set)
    most: int = MOST_LISTED

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.total += 1
        self.sheets.add(problem.sheet)
        if len(self.listed) < self.most:
            self.listed.append(problem)

    def __bool__(self) -> bool:
        return self.total > 0


class WorkbookError(InputError):
    """The workbook has errors; nothing was changed. ``total`` counts those not listed too."""

    code = "invalid_workbook"
    title = "工作簿有误"

    def __init__(self, problems: Problems) -> None:
        super().__init__("工作簿", f"{problems.total} 处有误，没有写入任何数据")
        self.listed = tuple(problems.listed)
        self.total = problems.total
        self.problems = tuple(FieldProblem("", problem.sentence()) for problem in self.listed)


def shown(value: object, longest: int = 60) -> str:
    """A cell's value as a person sees it, cut to ``longest`` characters."""
    text = "" if value is None else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = str(int(value))
    return text if len(text) <= longest else f"{text[:longest]}…"
