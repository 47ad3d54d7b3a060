"""The organisation tree in closed form, and how far each contract is seen in it.

The database itself keeps ``organisation_ancestor``: triggers follow every insert and every move
(``migrations/tree_triggers.py``), whoever makes it, so that one look-up answers whether an
organisation lies below another, however deep the tree and however many organisations it has.
"""

from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from contracts.models import PartyRole
from kernel.columns import words
from kernel.database import Base


class OrganisationAncestor(Base):
    """An organisation and one above it; each is its own ancestor."""

    __tablename__ = "organisation_ancestor"
    __table_args__ = (Index("ix_organisation_ancestor_ancestor", "ancestor_id", "organisation_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


CONTRACT_REACH = Table(
    "contract_reach",
    MetaData(),  # of its own: a view is neither created, compared nor copied as a table is
    Column("contract_id", Uuid, nullable=False),
    Column("capacity", words(PartyRole, "capacity"), nullable=False),
    Column("organisation_id", Uuid, nullable=False),
)
"""A view: a contract, a capacity, and an organisation that holds it or lies above the holder."""
