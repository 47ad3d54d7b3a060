"""The organisation tree in closed form, how far contracts are seen, users and memberships.

Revision 0007, after 0006. Triggers and row policies are put up by ``migrations.walls`` after every run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROLES = (
    "clerk", "checker", "head", "oversight", "finance", "auditor",
    "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
_CLOSURE = """
INSERT INTO organisation_ancestor (organisation_id, ancestor_id)
WITH RECURSIVE above(organisation_id, ancestor_id) AS (
    SELECT id, id FROM organisation
    UNION
    SELECT above.organisation_id, organisation.parent_id
    FROM above JOIN organisation ON organisation.id = above.ancestor_id
    WHERE organisation.parent_id IS NOT NULL
)
SELECT organisation_id, ancestor_id FROM above
"""
_REACH = """
INSERT INTO contract_reach (contract_id, organisation_id, own)
SELECT party.contract_id, above.ancestor_id, max(party.role IN ('purchaser', 'payer'))
FROM contract_party AS party
JOIN organisation_ancestor AS above ON above.organisation_id = party.organisation_id
GROUP BY party.contract_id, above.ancestor_id
"""


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "trail_context",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_trail_context_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_context")),
    )
    op.execute("INSERT INTO trail_context VALUES (1, '', '', '', '', '')")
    op.create_table(
        "organisation_ancestor",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_ancestor_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ancestor_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_ancestor_ancestor_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "ancestor_id", name=op.f("pk_organisation_ancestor")
        ),
    )
    op.create_index(
        "ix_organisation_ancestor_ancestor",
        "organisation_ancestor",
        ["ancestor_id", "organisation_id"],
    )
    op.execute(_CLOSURE)
    _reach()
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.CheckConstraint("login = lower(login) AND login <> ''", name=op.f("ck_app_user_login")),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_reason = '')",
            name=op.f("ck_app_user_disabled_reason"),
        ),
        sa.CheckConstraint(
            "expires_on BETWEEN '1990-01-01' AND '2200-12-31'", name=op.f("ck_app_user_expires_on")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("login", name=op.f("uq_app_user_login")),
    )
    _memberships()


def _reach() -> None:
    op.create_table(
        "contract_reach",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_reach_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_contract_reach_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("contract_id", "organisation_id", name=op.f("pk_contract_reach")),
    )
    op.create_index(
        "ix_contract_reach_organisation",
        "contract_reach",
        ["organisation_id", "own", "contract_id"],
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_REACH if is_sqlite else _REACH.replace("max(", "bool_or("))


def _memberships() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(*_ROLES, name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL "
            "OR role IN ('audit_admin', 'security_admin', 'system_admin')",
            name=op.f("ck_membership_organisation"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_membership_period")
        ),
        *(
            sa.CheckConstraint(
                f"{column} BETWEEN '1990-01-01' AND '2200-12-31'",
                name=op.f(f"ck_membership_{column}"),
            )
            for column in ("valid_from", "valid_to")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_membership_user_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        "ix_membership_open",
        "membership",
        ["user_id", "role", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_membership_organisation", "membership", ["organisation_id"])


def downgrade() -> None:
    """Contract the schema to what it was."""
    op.drop_table("membership")
    op.drop_table("app_user")
    op.drop_table("contract_reach")
    op.drop_table("organisation_ancestor")
    op.drop_table("trail_context")
