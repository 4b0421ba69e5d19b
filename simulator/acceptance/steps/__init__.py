"""What each phrase of `features/VOCABULARY.md` does: it calls an actor. One to four lines each."""

MODULES = (
    "customers",
    "agents",
    "live_chats",
    "the_ai",
    "services",
    "the_number",
    "set_up",
    "operating",
    "mallory",
    "time_passing",
)
