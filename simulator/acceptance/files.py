"""Files people send. Each is a real file of its kind, so that nobody who looks inside is put off."""

import struct
import zlib
from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileSample:
    """A file on somebody's phone or computer."""

    name: str
    content_type: str
    content: bytes


def sample(kind: str, number: int = 0, *, megabytes: int = 0) -> FileSample:
    """The `number`-th file of a kind: picture, video or spreadsheet; padded to a size if wanted."""
    name, content_type, content = _KINDS[kind]
    padding = b"\0" * max(0, megabytes * MEGABYTE - len(content))
    return FileSample(f"{kind}-{number}.{name}", content_type, content + bytes([number]) * number + padding)


def _png() -> bytes:
    """A picture of one pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


_KINDS = {
    "picture": ("png", "image/png", _png()),
    "video": ("mp4", "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64),
    "spreadsheet": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04" + b"\0" * 60,
    ),
}
