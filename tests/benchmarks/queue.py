"""The same job on a job queue: procrastinate, on the same PostgreSQL, with a lock for each conversation.

It is what one would take instead of a journal of our own. Its outcome is one synced insert, as ours is.
"""

import asyncio
import threading

import procrastinate
from sqlalchemy import Engine

from bridge.journal.engine import connect
from bridge.journal.migrate import upgrade
from bridge.journal.schema import consents
from bridge.journal.statements import upsert
from tests.benchmarks import journal


def job_queue(url: str) -> journal.Rates:
    """Defer from several threads, work with as many at once as ours."""
    address = url.replace("postgresql+psycopg", "postgresql")
    app, done = _app(address), threading.Event()
    engine = connect(url)
    upgrade(engine)
    _send(app, engine, done)
    telling = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=address))
    with telling.open():
        telling.schema_manager.apply_schema()
        worker = threading.Thread(target=lambda: asyncio.run(_work(app, done)), daemon=True)
        worker.start()
        rates = journal.timed(lambda n: _tell(telling, n), done)
        worker.join()
    engine.dispose()
    return rates


def _app(address: str) -> procrastinate.App:
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))


def _send(app: procrastinate.App, engine: Engine, done: threading.Event) -> None:
    left, lock = [journal.MESSAGES], threading.Lock()

    @app.task(name="send")
    def send(n: int) -> None:
        with engine.begin() as tx:
            upsert(tx, consents, journal.row(n))
        with lock:
            left[0] -= 1
            if not left[0]:
                done.set()


def _tell(app: procrastinate.App, n: int) -> None:
    app.configure_task("send", lock=f"c{n % journal.CHATS}", allow_unknown=True).defer(n=n)


async def _work(app: procrastinate.App, done: threading.Event) -> None:
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(concurrency=journal.PERFORMERS, install_signal_handlers=False)
        )
        await asyncio.to_thread(done.wait)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
