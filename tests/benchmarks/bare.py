"""The yardstick: the least a durable bridge could do, under the same server as ours.

/insert   one synced, group-committed insert, then the answer
/reply    one such insert, then one call to the carrier: two loopback calls and one commit in all
"""

import os
import threading
from functools import cache

import requests
from flask import Flask, Response, request
from sqlalchemy import Connection

from bridge.journal.engine import GroupWriter, connect

app = Flask("bare")
_local = threading.local()


@cache
def _write() -> GroupWriter:
    """Those that wait at the same time share a commit, as ours do."""
    writer = GroupWriter(connect(f"sqlite:///{os.environ['BARE_DATABASE']}"))
    writer(lambda tx: tx.exec_driver_sql("CREATE TABLE texts (id INTEGER PRIMARY KEY, body TEXT)"))
    return writer


def _keep(text: str) -> None:
    def insert(tx: Connection) -> None:
        tx.exec_driver_sql("INSERT INTO texts (body) VALUES (?)", (text,))

    _write()(insert)


def _session() -> requests.Session:
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    session: requests.Session = _local.session
    return session


@app.post("/insert")
def insert() -> Response:
    _keep(request.get_data(as_text=True))
    return Response(status=200)


@app.post("/reply")
def reply() -> Response:
    text = request.get_data(as_text=True)
    _keep(text)
    _session().post(os.environ["BARE_CARRIER"], data={"Body": text}, timeout=10)
    return Response(status=200)


@app.get("/healthz")
def healthz() -> Response:
    _write()  # made by one, before many want it
    return Response(status=200)
