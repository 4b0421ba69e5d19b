"""What each wrong bridge does wrong: one text of one file replaced by another."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change; `old` stands exactly once in the file."""

    name: str
    file: str
    old: str
    new: str
    judges: tuple[str, ...] = ("features",)  # the tests that must fail it

    def apply(self, root: Path) -> None:
        """Make the change; raises ValueError if the code has moved on."""
        path = root / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.old!r} stands {text.count(self.old)} times in {self.file}")
        path.write_text(text.replace(self.old, self.new))


FLOW = "bridge/core/flow.py"
SENDING = "bridge/sending.py"
SUNSHINE = "bridge/desks/sunshine.py"
EVENTS = "bridge/desks/sunshine_events.py"
INBOX = "bridge/journal/inbox.py"
TWILIO = "bridge/carriers/twilio.py"

REPLICAS = "tests/faults/test_replicas.py"

# What the promises rest on: judged by tests, for an outsider sees it only under bad luck.
UNDER_FIRE = (
    Mutant(
        "acknowledge before commit",
        "bridge/web.py",
        "        self._journal.record(taken.told, path.removeprefix(WEBHOOKS))\n",
        '        __import__("threading").Timer(0, self._journal.record, (taken.told,)).start()\n',
        ("tests/faults/test_blame.py",),
    ),
    Mutant(
        "told before the shared commit",
        "bridge/journal/engine.py",
        "                piece.end(None, failure)\n",
        "                piece.end(None, None)\n",
        ("tests/unit/test_journal.py",),
    ),
    Mutant(
        "dedupe by check-then-act",
        "bridge/journal/statements.py",
        "    return sql.change(tx, _insert_once(tx.dialect.name, table, key), **values) > 0\n",
        "    if tx.execute(table.select().where(table.c[key] == values[key])).first():\n"
        "        return False\n"
        "    tx.execute(table.insert(), values)\n"
        "    return True\n",
        (REPLICAS,),
    ),
    Mutant(
        "blind resend",
        SENDING,
        "        if claim.doubts and (found :=",
        "        if False and (found :=",
        ("tests/faults/test_outbound.py",),
    ),
    Mutant(
        "status last-write-wins",
        "bridge/core/receipts.py",
        "    return new if not old or RANKS.get(new, 0) > RANKS.get(old, 0) else old\n",
        "    return new\n",
        ("tests/unit/test_receipts.py",),
    ),
    Mutant(
        "retry counters in memory",
        "bridge/journal/release.py",
        "    sql.change(tx, RELEASE, until=now)\n",
        "    sql.change(tx, RELEASE, until=now)\n    tx.execute(update(effects).values(tries=0))\n",
        ("tests/unit/test_worker.py", "tests/faults/test_outbound.py"),
    ),
    Mutant(
        "lease without fencing",
        "bridge/journal/outbox.py",
        'effects.c.tries == bindparam("of_try")',
        'effects.c.tries >= bindparam("of_try")',
        (REPLICAS,),
    ),
    Mutant(
        "sweep without dedupe",
        "bridge/sweep.py",
        '[(f"twilio:{key}", in_one_form(event))',
        '[(f"sweep:{key}", in_one_form(event))',
        ("tests/faults/test_silence.py",),
    ),
    Mutant(
        "one system takes every performer",
        "bridge/core/shares.py",
        "return max(performers // KEPT, 1) if performers >= len(SYSTEMS) else 0",
        "return 0 * performers",
        ("tests/unit/test_worker.py",),
    ),
    Mutant(
        "STOP checked outside the transaction",
        "bridge/journal/outbox.py",
        'locks.share_phone(tx, lane.rpartition(":")[2])',
        "True",
        (REPLICAS,),
    ),
)

MUTANTS = (
    *UNDER_FIRE,
    Mutant("channel tag left out", "bridge/core/dossier.py", '"opencx_channel_sms", ', ""),
    Mutant("session id left out", "bridge/core/dossier.py", '"opencx_session_id")', '"opencx_session")'),
    Mutant("From number of another session", SENDING, "Sms(session.number,", 'Sms("+12125550160",'),
    Mutant(
        "transcript truncated",
        FLOW,
        "for number in range(first, session.turns))",
        "for number in range(first, session.turns)[-10:])",
    ),
    Mutant("transcript starts at the last ten", SUNSHINE, "if first_message:", "if not first_message:"),
    Mutant(
        "merge by e-mail before phone",
        "bridge/desks/zendesk_users.py",
        "            found = self._by_phone(phone, besides)\n",
        "            found = self._by_email(email, besides) if email else self._by_phone(phone, besides)\n",
    ),
    Mutant(
        "whatever stands on the desk relayed",
        EVENTS,
        "    _must_be_an_agents(message, trigger_lines=trigger_lines)\n",
        "",
    ),
    Mutant(
        "automatic lines relayed",
        EVENTS,
        "if facts.get(AGENT_ID) == TRIGGER and not trigger_lines:",
        "if False:",
    ),
    Mutant(
        "notes to the agent not silent",
        SUNSHINE,
        '            "destination": {"integrationType": "none"},\n',
        "",
    ),
    Mutant("STOP ignored", FLOW, 'if word in ("stop", "start"):', 'if word == "start":'),
    Mutant("START ignored", FLOW, 'if word in ("stop", "start"):', 'if word == "stop":'),
    Mutant("YES taken for an opt-in", "bridge/core/consent.py", "if opted_out else", "if True else"),
    Mutant("gate ignored", SENDING, "        if gate.open:\n", "        if gate is not None:\n"),
    Mutant("media dropped", "bridge/carriers/twilio_webhooks.py", "media=_media(form),", ""),
    Mutant(
        "only the first picture",
        "bridge/carriers/twilio_webhooks.py",
        "for url, content_type in found if url)",
        "for url, content_type in found if url)[:1]",
    ),
    Mutant(
        "duplicate webhook relayed twice",
        INBOX,
        'return insert_once(tx, events, row, "key")',
        "for n in range(99):\n"
        '        if insert_once(tx, events, {**row, "key": f"{key}:{n}"}, "key"):\n'
        "            return True\n"
        "    return False",
    ),
    Mutant(
        "signature not checked",
        "bridge/intake.py",
        "if any(self._is_signed(post, url) for url in post.addresses):",
        "if True:",
    ),
    Mutant("raw HTML sent", FLOW, "segments.clean(plaintext.to_plain(text))", "segments.clean(text)"),
    Mutant(
        "control before the transcript",
        FLOW,
        "(*lines, *told, PassControl(session.id))",
        "(PassControl(session.id), *lines, *told)",
    ),
    Mutant(
        "AI talks on after the handoff",
        FLOW,
        "if session.charge is Charge.AI:\n        return _to_the_assistant",
        "if session.charge is not Charge.NOBODY:\n        return _to_the_assistant",
    ),
    Mutant(
        "ended ignored",
        FLOW,
        "    ended = replace(session, charge=Charge.NOBODY)",
        "    ended = session",
    ),
    Mutant("never idle", FLOW, "if due is None or event.at < due:", "if event.at:"),
    Mutant(
        "blind resend, seen from outside", SENDING, "if claim.doubts and (found :=", "if False and (found :="
    ),
    Mutant(
        "answers to unknown numbers",
        "bridge/intake.py",
        "if _plain(event.number) not in self._numbers:",
        "if False:",
    ),
    Mutant("second reply while one is prepared", FLOW, "    if session.asking:\n", "    if False:\n"),
    Mutant(
        "failure not shown to the agent",
        FLOW,
        "        return _not_delivered(now, case, event.at, compliance.explain(event.error_code))",
        "        return Decision(receipt=now)",
    ),
)
