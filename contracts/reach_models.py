"""The organisation tree in closed form, and how far each contract is seen in it.

The database itself keeps ``organisation_ancestor``: triggers follow every insert and every move
(``migrations/tree_triggers.py``), whoever makes it, so that one look-up answers whether an
organisation lies below another, however deep the tree and however many organisations it has.
"""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base


class OrganisationAncestor(Base):
    """An organisation and one above it; each is its own ancestor."""

    __tablename__ = "organisation_ancestor"
    __table_args__ = (Index("ix_organisation_ancestor_ancestor", "ancestor_id", "organisation_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class ContractReach(Base):
    """A contract and an organisation that is a party to it or lies above one.

    ``own``: as purchaser or payer, not as lead alone. Kept by triggers as well: joined from parties
    and the tree at each reading it would cost the overseer of 3,000 organisations too much.
    """

    __tablename__ = "contract_reach"
    __table_args__ = (
        Index("ix_contract_reach_organisation", "organisation_id", "own", "contract_id"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    own: Mapped[bool]
