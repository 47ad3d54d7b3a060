"""Imports that can be looked at, continued and taken back.

Revision 0020, after 0019.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_STATES = ("checking", "previewed", "importing", "done", "failed", "interrupted", "undone")
_COUNTS = ("rows_done", "rows_total", "added", "changed", "unchanged", "errors", "left_out")


def upgrade() -> None:
    """Expand the schema."""
    _runs()
    _worklist()


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _runs() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", _words(op.f("ck_import_run_state"), _STATES), nullable=False),
        sa.Column("sound_only", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("report", _JSON, nullable=True),
        _instant("written_at"),
        _instant("finished_at"),
        sa.Column("trail_from", sa.BigInteger(), nullable=True),
        sa.Column("trail_to", sa.BigInteger(), nullable=True),
        _instant("undone_at"),
        sa.Column("undone_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_import_run_sha256")),
        sa.CheckConstraint("rows_done >= 0 AND rows_total >= 0", name=op.f("ck_import_run_rows")),
        sa.CheckConstraint("trail_from <= trail_to", name=op.f("ck_import_run_trail")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_import_run_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_user", "import_run", ["user_id", "id"])
    op.create_index("ix_import_run_file", "import_run", ["sha256", "state"])


def _worklist() -> None:
    states = _words(op.f("ck_import_worklist_state"), ("open", "settled"))
    op.create_table(
        "import_worklist",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.String(60), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cells", _JSON, nullable=False),
        sa.Column("problems", _JSON, nullable=False),
        sa.Column("state", states, nullable=False),
        _instant("settled_at"),
        sa.Column("settled_by", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_worklist_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_worklist")),
    )
    op.create_index("ix_import_worklist_run", "import_worklist", ["run_id", "state", "id"])


def downgrade() -> None:
    """Contract the schema to what it was."""
    op.drop_table("import_worklist")
    op.drop_table("import_run")
