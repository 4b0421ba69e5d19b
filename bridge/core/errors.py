"""What can go wrong with an effect, sorted by what to do next.

BridgeError
├── Temporary            nothing happened: do the same again later
│   └── Throttled        …and not before `retry_after` seconds
├── Uncertain            it may have happened: look before doing it again (promise P3)
└── Permanent            it will never happen: tell the agent
    ├── OptedOut         …because the customer said STOP
    ├── Gone             …in this live chat: it was deleted, or takes no more; another is opened (F-13, F-16)
    └── Misconfigured    …until the operator mends something: the work waits, nothing is parked
"""

import math


class BridgeError(Exception):
    """Base of every error an adapter may raise.

    `reason` is a sentence for a person; `code` is the other side's own code, kept raw.
    """

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Temporary(BridgeError):
    """Nothing happened; the same call may work later. `retry_after` is in seconds, 0 if unknown."""

    def __init__(self, reason: str, *, code: str = "", retry_after: float = 0.0) -> None:
        super().__init__(reason, code=code)
        self.retry_after = retry_after


class Throttled(Temporary):
    """Too many requests; the other side did not process this one (CAR-56, SUN-SUP-19)."""


class Uncertain(BridgeError):
    """The call may or may not have been carried out. Never repeated blindly.

    After `within` seconds at the latest it is to be looked at again.
    """

    def __init__(self, reason: str, *, code: str = "", within: float = math.inf) -> None:
        super().__init__(reason, code=code)
        self.within = within


class Permanent(BridgeError):
    """The call was refused and will be refused again."""


class OptedOut(Permanent):
    """The carrier refuses because the recipient said STOP (CAR-47)."""


class Gone(Permanent):
    """The live chat is not there any more or, if `full`, takes no more lines (SUN-CON-11, SUN-CON-12)."""

    def __init__(self, reason: str, *, code: str = "", full: bool = False) -> None:
        super().__init__(reason, code=code)
        self.full = full


class Misconfigured(Permanent):
    """Settings are wrong; `fix` says what the operator must do. The work waits for it."""

    def __init__(self, reason: str, *, code: str = "", fix: str = "") -> None:
        super().__init__(reason, code=code)
        self.fix = fix
