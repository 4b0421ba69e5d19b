"""Who plays: each scenario gets phones nobody has used before, so that no older session matters.

Phones are from the ranges set aside for fiction: 555-0100…0199 in real area codes, and Ofcom's 07700 900xxx.
"""

import itertools
from dataclasses import dataclass

from simulator import accounts

AREA_CODES = (
    *(201, 202, 203, 205, 206, 207, 208, 209, 210, 213, 214, 216, 217, 218, 219, 224, 225, 228, 229, 231),
    *(234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304),
)
RUN = 1_000_000  # scenarios; more than a run has
NUMBERS = {
    "Support": accounts.SUPPORT_NUMBER,
    "Sales": accounts.SALES_NUMBER,
    "toll-free": accounts.TOLL_FREE_NUMBER,
    "Warehouse": "+13125550180",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with a phone and an e-mail address."""

    name: str
    phone: str
    email: str


class Casting:
    """Hands out phones, for as long as a run lasts."""

    def __init__(self, seed: int = 0) -> None:
        self._near = (f"+1{area}55501{n:02d}" for n in range(100) for area in AREA_CODES)
        self._far = (f"+447700900{n:03d}" for n in itertools.cycle(range(1000)))
        self.used: set[str] = set()
        # so that no id of an earlier scenario comes up again, nor one of another run
        self.seeds = itertools.count(seed * RUN + 1)

    def person(self, name: str, *, abroad: bool = False) -> Person:
        """Somebody with a fresh phone."""
        phone = next(self._far if abroad else self._near)
        self.used.add(phone)
        return Person(name, phone, f"{name.lower()}.{phone[-7:]}@example.com")
