"""What the operator sees: counters, logs without anybody's words or numbers, and health.

Rules:
  * One log line a transition, key=value, with the session id; texts, full phone numbers and secrets never.
  * Every refused, ignored or parked thing is counted, by why.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Collection, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bridge.core.addresses import redacted

SENDERS = ("sunshine", "twilio/sms", "twilio/status")  # whose silence can be noticed
_PHONE = re.compile(r"\+\d{8,15}")
_WORDS = frozenset({"text", "body", "summary", "content"})


class Metrics:
    """The bridge's counters and gauges."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = self._counter("bridge_webhooks_total", "Webhooks answered.", "path", "status")
        self.refused = self._counter("bridge_webhooks_refused_total", "Webhooks not taken in.", "path", "why")
        self.mismatches = self._counter(
            "bridge_signature_mismatches_total", "Carrier's webhooks whose signature does not match.", "path"
        )
        self.events = self._counter("bridge_events_total", "Events decided.", "kind", "ignored")
        self.missed = self._counter(
            "bridge_webhook_missed_total", "Events found by asking that no webhook told.", "source"
        )
        self._silent = Gauge(
            "bridge_webhook_silent",
            "1 while a webhook tells nothing although there was something to tell.",
            ["source"],
            registry=self._registry,
        )
        self._waiting = Gauge("bridge_waiting", "What waits, by kind.", ["kind"], registry=self._registry)
        self._age = Gauge(
            "bridge_oldest_effect_age_seconds", "Age of the oldest effect.", registry=self._registry
        )
        self._letters = Gauge("bridge_letters", "Letters, by kind.", ["kind"], registry=self._registry)
        self._letter_age = Gauge(
            "bridge_oldest_letter_age_seconds", "Age of the oldest letter.", registry=self._registry
        )

    def _counter(self, name: str, purpose: str, *labels: str) -> Counter:
        return Counter(name, purpose, labels, registry=self._registry)

    def event(self, kind: str, ignored: str) -> None:
        """An event was decided; `ignored` says why it changed nothing, shortened to its first words."""
        self.events.labels(kind, ignored.partition(":")[0]).inc()

    def silent(self, senders: Collection[str]) -> None:
        """Whose webhooks are silent now."""
        for sender in SENDERS:
            self._silent.labels(sender).set(sender in senders)

    def letters(self, kinds: dict[str, int], age: float) -> None:
        """How many letters there are of each kind, and how old the oldest is."""
        self._letters.clear()
        for kind, count in kinds.items():
            self._letters.labels(kind).set(count)
        self._letter_age.set(age)

    def page(self, counts: dict[str, float], now: float) -> bytes:
        """The metrics in Prometheus's text form."""
        oldest = counts.get("oldest_effect_at", 0.0)
        self._age.set(max(0.0, now - oldest) if oldest else 0.0)
        for kind, count in counts.items():
            if kind != "oldest_effect_at":
                self._waiting.labels(kind).set(count)
        return generate_latest(self._registry)


def redact(
    secrets: frozenset[str],
) -> Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]:
    """A log processor that lets no secret, phone number or customer's word through."""

    def clean(value: object) -> object:
        if value is None or isinstance(value, int | float):
            return value
        told = value if isinstance(value, str) else repr(value)
        for secret in secrets:
            told = told.replace(secret, "•••")
        return _PHONE.sub(lambda match: redacted(match[0]), told)

    def process(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if broken := line.pop("exc_info", None):
            line["error"] = _error(broken)
        return {name: "•••" if name in _WORDS else clean(value) for name, value in line.items()}

    return process


def _error(broken: object) -> str:
    """The class of an error and the way to where it was raised; its own words may be anybody's."""
    error = broken[1] if isinstance(broken, tuple) else broken
    if not isinstance(error, BaseException):
        error = sys.exc_info()[1]
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in _frames(error))
    return " < ".join((type(error).__name__, *places))


def _frames(error: BaseException | None, most: int = 8) -> list[traceback.FrameSummary]:
    return traceback.extract_tb(error.__traceback__)[: -most - 1 : -1] if error else []


def log_to_stderr(secrets: frozenset[str], level: int = logging.INFO) -> None:
    """Every logger of the process writes key=value lines through the redactor."""
    handler = logging.StreamHandler(sys.stderr)
    through_the_redactor(handler, secrets)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("urllib3", "werkzeug", "alembic", "gunicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def through_the_redactor(handler: logging.Handler, secrets: frozenset[str]) -> None:
    """Whatever this handler writes is a clean key=value line; structlog's lines go the way of all others."""
    before: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact(secrets),
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
        )
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
