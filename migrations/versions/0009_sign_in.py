"""Sessions, passwords, second factors, one-time links, throttling, the security policy.

Revision 0009, after 0008.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_RANGES = {
    "idle_minutes": (5, 480),
    "absolute_hours": (1, 24),
    "min_length": (8, 64),
    "history": (0, 24),
    "max_age_days": (0, 365),
    "pair_failures": (3, 20),
    "account_failures": (10, 200),
    "address_failures": (20, 1000),
    "lockout_minutes": (5, 120),
}


def upgrade() -> None:
    """Expand the schema."""
    _sessions()
    _passwords()
    _second_factors()
    _links()
    _throttles_and_policy()


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f(f"fk_{table}_user_id"))


def _choice(name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, kind, nullable=False)


def _sessions() -> None:
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _choice("state", "second_factor", "complete"),
        _instant("created_at"),
        _instant("last_seen_at"),
        _instant("expires_at"),
        _instant("revoked_at", nullable=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(200), nullable=False),
        _of_user("sign_in_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index("ix_sign_in_session_user", "sign_in_session", ["user_id", "created_at"])


def _passwords() -> None:
    op.create_table(
        "user_password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        _instant("set_at"),
        _instant("retired_at", nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        _of_user("user_password"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_password")),
    )
    op.create_index(
        "ix_user_password_current",
        "user_password",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_index("ix_user_password_user", "user_password", ["user_id", "set_at"])


def _second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.String(400), nullable=False),
        _instant("created_at"),
        _instant("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _of_user("second_factor"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        _instant("spent_at", nullable=True),
        _of_user("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_user", "recovery_code", ["user_id"])


def _links() -> None:
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        _choice("purpose", "set_up", "password"),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("spent_at", nullable=True),
        sa.CheckConstraint(
            "(purpose = 'set_up') = (user_id IS NULL)", name=op.f("ck_one_time_link_user")
        ),
        _of_user("one_time_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index("ix_one_time_link_user", "one_time_link", ["user_id"])


def _throttles_and_policy() -> None:
    op.create_table(
        "sign_in_throttle",
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("began_at"),
        _instant("blocked_until", nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_sign_in_throttle_tries")),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_sign_in_throttle")),
    )
    op.create_table(
        "security_policy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _RANGES),
        sa.Column(
            "second_factor_roles",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_security_policy_only")),
        *(
            sa.CheckConstraint(
                f"{name} BETWEEN {least} AND {most}", name=op.f(f"ck_security_policy_{name}")
            )
            for name, (least, most) in _RANGES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_policy")),
    )


def downgrade() -> None:
    """Contract the schema to what it was."""
    for table in (
        "security_policy", "sign_in_throttle", "one_time_link", "recovery_code", "second_factor",
        "user_password", "sign_in_session",
    ):  # fmt: skip
        op.drop_table(table)
