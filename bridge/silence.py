"""What is said to the operator when webhooks have gone quiet (promise P6, bug 30).

Found by asking, everything is still done, only late: minutes instead of a moment. So nothing stops, and the
bridge stays ready; but somebody must look.
"""

from sqlalchemy.exc import SQLAlchemyError

from bridge.core.ports import Finding, Problem
from bridge.journal import silence
from bridge.journal.engine import connect
from bridge.journal.silence import Silence

STEP = "Webhooks"
WORDS = {
    "sunshine": (
        "Zendesk no longer tells the bridge what agents write; replies are found by asking, minutes late",
        "See in Admin Center whether the custom integration's webhook still stands, is enabled and points to "
        "the bridge, and whether the bridge can be reached from outside.",
    ),
    "twilio/sms": (
        "Twilio no longer tells the bridge of texts; they are found by asking, minutes late",
        "See whether the number's incoming-message webhook still points to the bridge, whether the bridge "
        "can be reached from outside, and what Twilio's error log says.",
    ),
    "twilio/status": (
        "Twilio no longer reports deliveries; they are found by asking, a quarter of an hour late",
        "See whether BRIDGE_PUBLIC_URL is the address at which Twilio reaches the bridge, and what Twilio's "
        "error log says.",
    ),
}


def finding(silent: Silence) -> Finding:
    """Cause and fix of one silence."""
    cause, fix = WORDS[silent.sender]
    return Finding(STEP, f"{silent.sender}: silent", Problem(STEP, f"{cause} (found: {silent.found}).", fix))


def on_disk(database_url: str) -> tuple[Finding, ...]:
    """What a bridge on this database has noticed; nothing where there is none."""
    engine = connect(database_url)
    try:
        with engine.connect().execution_options(readonly=True) as tx:
            return tuple(map(finding, silence.every(tx)))
    except SQLAlchemyError:
        return ()
    finally:
        engine.dispose()
