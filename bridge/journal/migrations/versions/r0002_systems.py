"""Each lane says whom its head waits for, so that no system takes every performer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FILL = """
UPDATE lanes SET system = CASE (SELECT kind FROM effects WHERE effects.id = lanes.head)
  WHEN 'AskAssistant' THEN 'assistant'
  WHEN 'FetchAnswer' THEN 'assistant'
  WHEN 'CloseAssistant' THEN 'assistant'
  WHEN 'SendText' THEN 'carrier'
  ELSE 'desk' END
"""


def upgrade() -> None:
    op.add_column("lanes", sa.Column("system", sa.String(), nullable=False, server_default=""))
    op.create_index("lanes_due_of", "lanes", ["system", "due_at"], unique=False)
    op.execute(FILL)
