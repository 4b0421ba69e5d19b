"""Files on their way through: what they truly are, a safe name, and a bounded place on disk.

Rules (CAR-144, CAR-377):
  * The bytes decide the type, not what the sender says. What could run in a browser, such as SVG or HTML,
    and what we do not know is `application/octet-stream`; plain text is text if it is said to be and
    reads as such.
  * A name from outside loses its path, its control characters and its extension; the type gives it a new one.
  * Never more bytes on disk than allowed; an empty file is no file.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from bridge.core.errors import Permanent
from bridge.core.ports import Download, Upload

MOST_BYTES = 25 * 1024 * 1024
IN_MEMORY = 1024 * 1024
HEAD = 512
UNKNOWN = "application/octet-stream"

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"BEGIN:VCARD", "text/vcard"),
)
BRANDS = {  # of files that begin with an `ftyp` box
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heif": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"avif": "image/avif",
    b"3gp": "video/3gpp",
    b"3g2": "video/3gpp",
    b"M4A": "audio/mp4",
    b"qt": "video/quicktime",
    b"isom": "video/mp4",
    b"iso": "video/mp4",
    b"mp4": "video/mp4",
    b"avc1": "video/mp4",
    b"M4V": "video/mp4",
    b"dash": "video/mp4",
}
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/avif": "avif",
    "video/3gpp": "3gp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "application/pdf": "pdf",
    "text/vcard": "vcf",
    "text/plain": "txt",
}


def sniff(head: bytes, said: str = "") -> str:
    """The type that a file's first bytes show; `said` matters only for plain text."""
    for place, signature, content_type in SIGNATURES:
        if head[place : place + len(signature)].upper() == signature.upper():
            return content_type
    if head[4:8] == b"ftyp":
        return next((kind for brand, kind in BRANDS.items() if head[8:12].startswith(brand)), UNKNOWN)
    return "text/plain" if said == "text/plain" and _reads_as_text(head) else UNKNOWN


def _reads_as_text(head: bytes) -> bool:
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    return not text.startswith("<") and "\0" not in text


def safe_name(name: str, content_type: str) -> str:
    """A short name without path or surprises, with the extension of what the file truly is."""
    last = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r"[^\w-]+", "-", last.rpartition(".")[0] or last).strip("-_")[:60]
    return f"{stem or 'file'}.{EXTENSIONS.get(content_type, 'bin')}"


@contextmanager
def spool(download: Download, most: int = MOST_BYTES) -> Iterator[Upload]:
    """The whole file, checked, in a temporary place that goes away again."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as place:
        _fill(place, download, most)
        place.seek(0)
        content_type = sniff(place.read(HEAD), download.content_type)
        place.seek(0)
        yield Upload(safe_name(download.name, content_type), content_type, place)  # type: ignore[arg-type]


def _fill(place: IO[bytes], download: Download, most: int) -> None:
    size = 0
    for chunk in download.chunks:
        size += len(chunk)
        if size > most:
            raise Permanent("the file is too large", code="media_too_large")
        place.write(chunk)
    if not size:
        raise Permanent("the file is empty", code="media_empty")
