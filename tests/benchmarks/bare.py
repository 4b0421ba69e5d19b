"""The yardstick: the least a durable bridge could do, under the same server as ours.

/insert   one synced insert, then the answer
/reply    one synced insert, then one call to the carrier: two loopback calls and one commit in all
"""

import os
import sqlite3
import threading

import requests
from flask import Flask, Response, request

app = Flask("bare")
_local = threading.local()
_once = threading.Lock()


def _database() -> sqlite3.Connection:
    if not hasattr(_local, "database"):
        _local.database = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, timeout=30)
        with _once:
            for statement in (
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, body TEXT)",
            ):
                _local.database.execute(statement)
        _local.database.execute("PRAGMA synchronous=FULL")
    connection: sqlite3.Connection = _local.database
    return connection


def _session() -> requests.Session:
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    session: requests.Session = _local.session
    return session


@app.post("/insert")
def insert() -> Response:
    _database().execute("INSERT INTO texts (body) VALUES (?)", (request.get_data(as_text=True),))
    return Response(status=200)


@app.post("/reply")
def reply() -> Response:
    text = request.get_data(as_text=True)
    _database().execute("INSERT INTO texts (body) VALUES (?)", (text,))
    _session().post(os.environ["BARE_CARRIER"], data={"Body": text}, timeout=10)
    return Response(status=200)


@app.get("/healthz")
def healthz() -> Response:
    return Response(status=200)
