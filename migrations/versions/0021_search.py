"""Text to search by two characters, names in the order of their pinyin, and saved views.

Revision 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op
from pypinyin import lazy_pinyin
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KINDS = ("contract", "vendor", "enterprise", "hazard")
_LATEST = "'2200-12-31'"


def upgrade() -> None:
    """Expand the schema; entries of what is there already are made with the triggers."""
    _entries()
    _saved_views()
    _sorted_lists()


def _entries() -> None:
    op.create_table(
        "search_entry",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_record", "search_entry", ["record_id"], unique=True)
    op.create_index("ix_search_entry_kind", "search_entry", ["kind", "position"])
    op.create_index("ix_search_entry_contract", "search_entry", ["contract_id", "kind", "position"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_grams USING fts5(grams, content='search_entry', "
            "content_rowid='position', detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    for kind in _KINDS:
        op.create_index(
            f"ix_search_entry_{kind}_grams",
            "search_entry",
            ["grams"],
            postgresql_using="gin",
            postgresql_where=sa.text(f"kind = '{kind}'"),
        )


def _saved_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_saved_view_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "user_id", "page", "name", name=op.f("uq_saved_view_user_id_page_name")
        ),
    )


def _sorted_lists() -> None:
    op.add_column(
        "contract", sa.Column("name_pinyin", sa.String(200), nullable=False, server_default="")
    )
    bind = op.get_bind()
    contract = sa.table(
        "contract",
        sa.column("id", sa.Uuid()),
        sa.column("name", sa.String()),
        sa.column("name_pinyin", sa.String()),
    )
    read = bind.execute(sa.select(contract.c.id, contract.c.name)).all()
    keys = [{"of": key, "made": " ".join(lazy_pinyin(name)).casefold()[:200]} for key, name in read]
    if keys:
        bind.execute(
            sa.update(contract)
            .where(contract.c.id == sa.bindparam("of"))
            .values(name_pinyin=sa.bindparam("made")),
            keys,
        )
    op.create_index("ix_contract_name", "contract", ["name_pinyin", "id"])
    op.create_index("ix_contract_number", "contract", ["number", "id"])
    op.create_index("ix_contract_changed", "contract", ["recorded_at", "id"])
    if bind.dialect.name == "postgresql":
        op.create_index(
            "ix_contract_service_end",
            "contract",
            [sa.text(f"coalesce(service_end, {_LATEST})"), "id"],
        )


def downgrade() -> None:
    """Contract the schema to what it was."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_contract_service_end", "contract")
    for name in ("changed", "number", "name"):
        op.drop_index(f"ix_contract_{name}", "contract")
    op.drop_column("contract", "name_pinyin")
    op.drop_table("saved_view")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_grams")
    op.drop_table("search_entry")
