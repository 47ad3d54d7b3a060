"""Which role a group of the sign-on provider stands for: one line a group, ``group = role@code``."""

from dataclasses import dataclass

from kernel.access.roles import ADMINISTRATORS, ROLES, Role


@dataclass(frozen=True, slots=True)
class GroupRole:
    """Members of ``group`` hold ``role`` for the organisation with this code.

    None for an administrator of the service, who belongs to no organisation.
    """

    group: str
    role: Role
    organisation_code: str | None


def parse_group_roles(text: str) -> tuple[GroupRole, ...]:
    """Read ``group = role@organisation code`` lines, parted by line ends or semicolons.

    ``group = role`` is for an administrator's role alone. Raises ``ValueError`` (Chinese) that
    repeats the line that is none.
    """
    lines = (line.strip() for line in text.replace(";", "\n").splitlines())
    return tuple(dict.fromkeys(_parsed(line) for line in lines if line and line[0] != "#"))


def _parsed(line: str) -> GroupRole:
    group, is_given, held = (part.strip() for part in line.rpartition("="))
    word, has_code, code = (part.strip() for part in held.partition("@"))
    if not group or not is_given:
        raise ValueError(f"“{line}”应如 安监科=oversight@650500-YJ")
    if word not in set(Role):
        raise ValueError(f"“{line}”中的角色应为 {'、'.join(Role)} 之一")
    role = Role(word)
    if (role in ADMINISTRATORS) == bool(code) or bool(has_code) != bool(code):
        wanted = "不写机构" if role in ADMINISTRATORS else "须写 @机构代码"
        raise ValueError(f"“{line}”：{ROLES[role].name}{wanted}")
    return GroupRole(group, role, code or None)
