"""An opt-out may count for one number of ours; those that were there count for all."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

REST = (("allowed", sa.Boolean()), ("at", sa.Float()), ("word", sa.String()))


def upgrade() -> None:
    op.create_table(
        "consents_before",
        sa.Column("phone", sa.String(), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in REST),
    )
    op.execute("INSERT INTO consents_before SELECT phone, allowed, at, word FROM consents")
    op.drop_table("consents")
    op.create_table(
        "consents",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False, server_default=""),
        *(sa.Column(name, kind, nullable=False) for name, kind in REST),
        sa.PrimaryKeyConstraint("phone", "number"),
    )
    op.execute("INSERT INTO consents SELECT phone, '', allowed, at, word FROM consents_before")
    op.drop_table("consents_before")
