"""The answers of the providers as their references describe them, strict: no key more, none less.

A system's models stand in a module of its name, by operation and status, and by status alone for errors that
any operation may answer. They are written from the references and share nothing with the simulators.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

Shape = Any  # a type, or a union of types


class Strict(BaseModel):
    """Exactly these keys, of exactly these kinds."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answers:
    """The shapes of one system's answers."""

    def __init__(self, models: Mapping[tuple[str, int], Shape], errors: Mapping[int, Shape]) -> None:
        self._models = {call: TypeAdapter(shape) for call, shape in models.items()}
        self._errors = {status: TypeAdapter(shape) for status, shape in errors.items()}

    def check(self, operation: str, status: int, content: object) -> None:
        """Raise if this is no answer the operation is documented to give."""
        shape = self._models.get((operation, status)) or self._errors.get(status)
        assert shape is not None, f"{operation} is not documented to answer {status}"
        shape.validate_python(content)
