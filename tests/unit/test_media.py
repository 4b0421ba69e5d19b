"""Files on their way through: true types, safe names, bounded spools, expiring addresses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.core.errors import Permanent
from bridge.core.ports import Download
from bridge.media import MediaStore, safe_name, sniff, spool

JPEG = b"\xff\xd8\xff\xe0 and so on"


@pytest.mark.parametrize(
    ("head", "said", "content_type"),
    [
        (JPEG, "", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/jpeg", "image/png"),
        (b"GIF89a....", "", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00", "", "image/heic"),
        (b"\x00\x00\x00\x18ftyp3gp4\x00", "", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypmp42\x00", "", "video/mp4"),
        (b"\x00\x00\x00\x18ftypisom\x00", "", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A \x00", "", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypnew!\x00", "video/mp4", "application/octet-stream"),
        (b"#!AMR\n....", "", "audio/amr"),
        (b"OggS....", "", "audio/ogg"),
        (b"ID3\x04....", "", "audio/mpeg"),
        (b"\xff\xfb\x90....", "", "audio/mpeg"),
        (b"%PDF-1.7", "image/png", "application/pdf"),
        (b"begin:vcard\r\nVERSION:3.0", "", "text/vcard"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/jpeg", "application/octet-stream"),
        (b"<!DOCTYPE html><script>", "image/png", "application/octet-stream"),
        (b"\xef\xbb\xbf  <html>", "text/plain", "application/octet-stream"),
        (b"just words", "text/plain", "text/plain"),
        (b"just words", "image/jpeg", "application/octet-stream"),
        (b"\x00\x01", "text/plain", "application/octet-stream"),
        (b"", "image/jpeg", "application/octet-stream"),
    ],
)
def test_the_bytes_decide_the_type(head: bytes, said: str, content_type: str) -> None:
    """What the sender says counts only for plain text (CAR-377)."""
    assert sniff(head, said) == content_type


@pytest.mark.parametrize(
    ("name", "content_type", "safe"),
    [
        ("photo.jpg", "image/jpeg", "photo.jpg"),
        ("photo.html", "image/jpeg", "photo.jpg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Temp\\my bill.PDF", "application/pdf", "my-bill.pdf"),
        ('a"b\r\nc.png', "image/png", "a-b-c.png"),
        ("", "image/heic", "file.heic"),
        ("...", "video/3gpp", "file.3gp"),
        ("ME" + "0" * 99, "image/jpeg", "ME" + "0" * 58 + ".jpg"),
        ("x.exe", "application/octet-stream", "x.bin"),
    ],
)
def test_a_name_from_outside_is_made_safe(name: str, content_type: str, safe: str) -> None:
    """No path, no control characters, no misleading extension."""
    assert safe_name(name, content_type) == safe


def download(*chunks: bytes, name: str = "photo", said: str = "text/html") -> Download:
    return Download(said, name, iter(chunks))


def test_a_spooled_file_is_whole_and_known_for_what_it_is() -> None:
    """From its first byte, ready to be read, closed afterwards."""
    with spool(download(JPEG[:2], JPEG[2:])) as upload:
        assert (upload.name, upload.content_type, upload.content.read()) == ("photo.jpg", "image/jpeg", JPEG)
    assert upload.content.closed


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 1000


@pytest.mark.parametrize(("chunks", "code"), [((), "media_empty"), ((b"", b""), "media_empty")])
def test_an_empty_file_is_no_file(chunks: tuple[bytes, ...], code: str) -> None:
    """Zero bytes are refused for good."""
    with pytest.raises(Permanent) as caught, spool(download(*chunks)):
        pass
    assert caught.value.code == code


def test_an_endless_file_ends() -> None:
    """Reading stops at the limit."""
    with pytest.raises(Permanent, match="too large"), spool(Download("", "x", endless()), most=5000):
        pass


class World:
    """A clock and a source of tokens that a test can turn."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.made = 0
        self.folder = folder
        self.store = self.opened()

    def opened(self) -> MediaStore:
        return MediaStore(
            self.folder, "https://b.example/", clock=lambda: self.now, token=self.token, seconds=60
        )

    def token(self) -> str:
        self.made += 1
        return f"token-{self.made:0>20}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "media")


def test_a_kept_file_has_an_address_until_its_time_is_up(world: World) -> None:
    """And after a restart, too; then it is gone from the disk as well."""
    url = world.store.keep(download(JPEG))
    assert url == "https://b.example/media/token-00000000000000000001"
    token = url.rpartition("/")[2]
    world.now += 59
    stored = world.opened().open(token)
    assert stored
    assert (stored.content, stored.content_type, stored.name) == (JPEG, "image/jpeg", "photo.jpg")
    world.now += 1
    assert world.store.open(token) is None
    assert world.store.forget_expired() == 1
    assert list(world.folder.iterdir()) == []


def test_keeping_forgets_what_is_past_its_time(world: World) -> None:
    """The folder does not grow for ever."""
    world.store.keep(download(JPEG))
    world.now += 61
    world.store.keep(download(JPEG))
    assert len(list(world.folder.iterdir())) == 2


@pytest.mark.parametrize(
    "token", ["", "x", "../secret", "..%2Fsecret-secret-secret", "token-00000000000000000001.json", "a" * 200]
)
def test_other_tokens_open_nothing(world: World, token: str) -> None:
    """Neither guesses nor paths."""
    token_of_ours = world.store.keep(download(JPEG)).rpartition("/")[2]
    for suffix in ("", ".json"):
        ours = world.folder / f"{token_of_ours}{suffix}"
        (world.folder.parent / f"secret{suffix}").write_bytes(ours.read_bytes())
    assert world.store.open(token) is None


def test_a_file_that_fails_leaves_nothing(world: World) -> None:
    """Too large or empty: no address and no rest."""
    with pytest.raises(Permanent):
        world.store.keep(download(b""))
    assert list(world.folder.iterdir()) == []


def test_a_named_file_has_the_same_address_each_time(world: World) -> None:
    """After a restart and after its time, too; another name or another folder has another one."""
    first = world.store.keep(download(JPEG), label="s:1:0:0")
    assert world.store.address("s:1:0:0") == first
    world.now += 61
    assert world.opened().keep(download(JPEG), label="s:1:0:0") == first
    assert world.store.open(first.rpartition("/")[2])
    elsewhere = World(world.folder / "elsewhere")
    elsewhere.made = 50
    others = [world.store.address("s:1:0:1"), elsewhere.store.address("s:1:0:0")]
    assert len({first, *others}) == 3


def test_nobody_can_ask_for_the_secret(world: World) -> None:
    """It lies beside the files and is none."""
    world.store.keep(download(JPEG), label="s:1:0:0")
    assert (world.folder / "secret").exists()
    assert world.store.open("secret") is None
