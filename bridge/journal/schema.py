"""The journal's tables.

events    what happened, once per key; `new` until its decision is committed
sessions  one row a session; at most one that is not over per (phone, number)
left      live chats that a session left because they were full; agents may still write there
turns     the transcript, append-only
parts     what is known of each part of each reply to the phone
attempts  one row a try to send, so that a receipt finds its part whatever else is known (CAR-137)
effects   what is to be done, in order within a lane
lanes     one row a lane with work: when its first effect is due. Finding work costs the same for any backlog
paces     when each number of ours is free to send again
silences  who tells nothing any more although there was something to tell
consents  phones that said STOP, and those that took it back; to one number of ours or (empty) to all

Times are Unix seconds given by the caller; the database's own clock is never asked.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

REVISION = "0004"  # the newest in migrations/versions
metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String, nullable=False),  # new, held, done, parked
    Column("source", String, nullable=False, server_default=""),  # who is asked what came before
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("remark", Text, nullable=False, server_default=""),
    Column("facts", Text, nullable=False, server_default=""),  # what the decision knew besides (replay.py)
    Column("decided", Integer),  # in which order events were decided; that is not the order they came in
    Index("events_at", "at"),
    Index("events_decided", "decided"),
    Index("events_new", "seq", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")),
    Index(
        "events_held", "source", sqlite_where=text("state = 'held'"), postgresql_where=text("state = 'held'")
    ),
    Index(
        "events_parked",
        "seq",
        sqlite_where=text("state = 'parked'"),
        postgresql_where=text("state = 'parked'"),
    ),
    sqlite_autoincrement=True,
)

silences = Table(
    "silences",
    metadata,
    Column("sender", String, primary_key=True),
    Column("since", Float, nullable=False),
    Column("found", Integer, nullable=False),
)

asked = Table(
    "asked",
    metadata,
    Column("source", String, primary_key=True),
    Column("first", Float, nullable=False),  # what came before is nobody's
    Column("until", Float, nullable=False),  # up to here nothing is unknown
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("phone", String, nullable=False),
    Column("number", String, nullable=False),
    Column("charge", String, nullable=False),
    Column("user", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("assistant_session", String, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("idle_due", Float),
    Column("body", Text, nullable=False),
    Index(
        "sessions_open",
        "phone",
        "number",
        unique=True,
        sqlite_where=text("charge != 'nobody'"),
        postgresql_where=text("charge != 'nobody'"),
    ),
    Index("sessions_conversation", "conversation"),
    Index("sessions_assistant", "assistant_session"),
    Index("sessions_user", "user"),
    Index("sessions_idle", "idle_due"),
)

left = Table(
    "left_chats",
    metadata,
    Column("conversation", String, primary_key=True),
    Column("session", String, nullable=False),
    Index("left_chats_session", "session"),
)

turns = Table(
    "turns",
    metadata,
    Column("session", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("source_id", String, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("session", "number"),
    Index("turns_source", "session", "source_id"),
)

parts = Table(
    "parts",
    metadata,
    Column("session", String, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("source_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("error_code", String, nullable=False),
    Column("segments", Integer, nullable=False),
    PrimaryKeyConstraint("session", "turn", "part"),
    Index("parts_source", "source_id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("attempt", String, primary_key=True),
    Column("session", String, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Index("attempts_at", "at"),
)

effects = Table(
    "effects",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("lane", String, nullable=False),
    Column("session", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String, nullable=False),  # waiting, performing, done, withdrawn, parked, dropped
    Column("due_at", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("doubts", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),  # tries in a row that came to no end
    Column("tried_at", Float),
    Column("doubted_at", Float),
    Column("slot_at", Float),  # its place in the number's pace, while it waits for it
    Column("error", Text, nullable=False, server_default=""),
    Column("code", String, nullable=False, server_default=""),  # of the error it was given up for
    Column("parked_at", Float),
    Column("forgiven", Integer, nullable=False, server_default="0"),  # tries before it was replayed
    Index(
        "effects_lane",
        "lane",
        "id",
        sqlite_where=text("state in ('waiting', 'performing')"),
        postgresql_where=text("state in ('waiting', 'performing')"),
    ),
    Index("effects_session", "session"),
    Index("effects_created", "created_at"),
    Index(
        "effects_parked",
        "id",
        sqlite_where=text("state = 'parked'"),
        postgresql_where=text("state = 'parked'"),
    ),
    sqlite_autoincrement=True,
)

lanes = Table(
    "lanes",
    metadata,
    Column("name", String, primary_key=True),
    Column("head", Integer, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("owner", BigInteger, nullable=False),  # the replica performing its head; 0: nobody
    Column("system", String, nullable=False, server_default=""),  # whom its head waits for (core/shares.py)
    Index("lanes_due", "due_at"),
    Index("lanes_due_of", "system", "due_at"),
    Index("lanes_owned", "owner", sqlite_where=text("owner != 0"), postgresql_where=text("owner != 0")),
)

paces = Table(
    "paces",
    metadata,
    Column("number", String, primary_key=True),
    Column("next_at", Float, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("phone", String, primary_key=True),
    Column("number", String, primary_key=True, server_default=""),
    Column("allowed", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    Column("word", String, nullable=False),
)
