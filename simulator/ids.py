"""Identifiers, the same for the same seed."""

import random


class Ids:
    """A seeded source of the shapes providers use."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose

    def reset(self, seed: int | None = None) -> None:
        """Begin anew, with another seed if one is given."""
        self._random.seed(self._seed if seed is None else seed)

    def hex(self, digits: int) -> str:
        return f"{self._random.getrandbits(digits * 4):0{digits}x}"

    def sid(self, prefix: str) -> str:
        """A Twilio SID (CAR-13)."""
        return prefix + self.hex(32)

    def object_id(self, at: float) -> str:
        """24 hex digits whose first eight are the Unix second (SUN-CNV-02)."""
        return f"{int(at):08x}{self.hex(16)}"

    def uuid(self) -> str:
        digits = self.hex(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def number(self, digits: int) -> int:
        """A decimal id without a leading zero (SUN-CNV-03)."""
        return self._random.randrange(10 ** (digits - 1), 10**digits)

    def token(self, length: int = 40) -> str:
        return self.hex(length)
