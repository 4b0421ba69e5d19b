"""Which addresses may be connected to when somebody else chose them (FT-X3).

A literal address can be judged before the call. A name is judged by the address it really led to, on
the open socket and before a byte is written, so that an answer of the DNS that changes between look-up
and connection gains nothing. Through a proxy the last word is the proxy's.
"""

import ipaddress
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from bridge.core.errors import Permanent

_ODD_V4 = IPv4Network("192.0.0.0/24")  # the protocols' own; a cloud keeps its instances' secrets at .192
_UNICAST = IPv6Network("2000::/3")  # all that is routed in public
_TAILS = tuple(map(IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))  # end in an IPv4 address


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine: then we rehearse against a simulator."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Whether a literal address or a local name is anything but public. Other names: False."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not _is_public_v4(IPv4Address(socket.inet_aton(name)))  # 127.1, 0x7f000001, 0177.0.0.1
    except (OSError, UnicodeEncodeError):
        return _is_private_v6(name)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and address not in _ODD_V4


def _is_private_v6(name: str) -> bool:
    try:
        address = IPv6Address(name.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(address)
    return not _is_public_v4(inner) if inner else not (address.is_global and address in _UNICAST)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, if it does."""
    if any(address in network for network in _TAILS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])


class _GuardedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn())


class _GuardedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn())


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}


def _public(connection: socket.socket) -> socket.socket:
    peer = str(connection.getpeername()[0])
    if is_private(peer):
        connection.close()
        raise Permanent("a private address", code="media_address")
    return connection


def guarded_session(*, private_allowed: bool) -> requests.Session:
    """A session that connects to public addresses only."""
    session = requests.Session()
    if not private_allowed:
        session.mount("http://", _GuardedAdapter())
        session.mount("https://", _GuardedAdapter())
    return session
