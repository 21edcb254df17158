"""Pictures of accounts: any bytes become a small WebP or are refused; what is kept is served."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from graph.errors import DataError, ParameterError
from graph.settings import Settings
from graph.store.avatars import has_fresh_avatar, keep_avatar, kept_avatar
from spiders.avatars import AvatarsSpider
from spiders.hub.picture import SIDE, small_picture
from tests.hub.pictures import encoded
from webapp import create_app
from webapp.avatars import tile

RED, BLUE = (200, 30, 30), (30, 30, 200)
HOSTILE_NAMES = ["../../../etc/passwd", "..", "a/b", "C:\\x", "\ud800", "x" * 5_000, ""]


def plain(form: str, size: tuple[int, int] = (300, 200), mode: str = "RGB") -> bytes:
    return encoded(Image.new(mode, size, RED if mode == "RGB" else 1), form)


def animated(form: str) -> bytes:
    frames = [Image.new("RGB", (80, 80), colour) for colour in (RED, BLUE)]
    return encoded(frames[0], form, save_all=True, append_images=frames[1:])


def described() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 6  # lies on its side
    left_red = Image.new("RGB", (100, 100), BLUE)
    left_red.paste(RED, (0, 0, 50, 100))
    return encoded(left_red, "JPEG", exif=exif, comment=b"where I live", quality=95)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says that it is this large, and has next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


GOOD = {
    "png": plain("PNG"), "jpeg": plain("JPEG"), "webp": plain("WEBP"), "gif": plain("GIF"),
    "one bit": plain("PNG", mode="1"), "narrow": plain("PNG", (1, 3_000)),
    "animated gif": animated("GIF"), "animated webp": animated("WEBP"),
    "animated png": animated("PNG"), "described": described(),
    "with a page at its end": plain("PNG") + b"<script>alert(1)</script>",
}  # fmt: skip
BAD = {
    "nothing": (b"", "empty"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "not a picture"),
    "page": (b"<!doctype html><p>sign in", "not a picture"),
    "cut off": (plain("JPEG")[:200], "not a picture"),
    "head alone": (plain("PNG")[:40], "not a picture"),
    "other format": (plain("TIFF"), "not a picture"),
    "icon": (plain("ICO"), "not a picture"),
    "too few rows": (png_of(64, 64), "not a picture"),
    "large": (png_of(5_000, 5_000), "too many pixels"),
    "bomb": (png_of(60_000, 60_000), "not a picture"),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_picture_becomes_small_and_says_no_more_than_its_pixels(content: bytes) -> None:
    written = small_picture(content)
    assert len(written) < 4_000
    assert b"script" not in written
    with Image.open(BytesIO(written)) as image:
        assert (image.format, image.size) == ("WEBP", (SIDE, SIDE))
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & image.info.keys()
        assert getattr(image, "n_frames", 1) == 1


def test_of_an_animation_the_first_frame_and_what_lies_on_its_side_upright() -> None:
    for form in ("GIF", "WEBP", "PNG"):
        with Image.open(BytesIO(small_picture(animated(form)))) as image:
            red, _, blue = image.convert("RGB").getpixel((40, 40))  # type: ignore[misc]
        assert red > blue
    with Image.open(BytesIO(small_picture(described()))) as image:
        upright = image.convert("RGB")
    top, bottom = upright.getpixel((48, 10)), upright.getpixel((48, 86))
    assert top[0] > top[2]  # type: ignore[index]
    assert bottom[2] > bottom[0]  # type: ignore[index]


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_usable_picture_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        small_picture(content)


@given(st.sampled_from(sorted(GOOD)), st.binary(max_size=40), st.integers(0, 2_000))
@example("described", b"\x01", 34)
def test_no_damage_does_more_than_be_refused(name: str, noise: bytes, at: int) -> None:
    content = GOOD[name][:at] + noise + GOOD[name][at + len(noise) :]
    with suppress(DataError):
        assert small_picture(content)[:4] == b"RIFF"


@pytest.mark.parametrize("name", ["google", *HOSTILE_NAMES])
def test_what_is_kept_lies_in_its_folder_for_its_owner_alone(tmp_path: Path, name: str) -> None:
    settings = Settings(data_dir=tmp_path)
    assert kept_avatar(settings, name) == b""
    assert not has_fresh_avatar(settings, name, days=1)
    keep_avatar(settings, name, b"one")
    keep_avatar(settings, name.upper(), b"two")
    assert kept_avatar(settings, name) == b"two"
    assert has_fresh_avatar(settings, name, days=1)
    assert not has_fresh_avatar(settings, name, days=0)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.parent.parent == tmp_path / "avatars"
    modes = [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_app(Settings(data_dir=tmp_path)).test_client()


def test_an_account_is_shown_by_its_picture_else_by_its_tile(
    client: FlaskClient, tmp_path: Path
) -> None:
    drawn = client.get("/avatar/google")
    assert (drawn.mimetype, drawn.text) == ("image/svg+xml", tile("google"))
    picture = small_picture(GOOD["png"])
    keep_avatar(Settings(data_dir=tmp_path), "google", picture)
    keep_avatar(Settings(data_dir=tmp_path), "acme", b"")
    shown = client.get("/avatar/Google")
    assert (shown.mimetype, shown.data) == ("image/webp", picture)
    assert "max-age=86400" in shown.headers["Cache-Control"]
    assert client.get("/avatar/acme").mimetype == "image/svg+xml"
    again = client.get("/avatar/google", headers={"If-None-Match": shown.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    old = {"If-None-Match": drawn.headers["ETag"]}
    assert client.get("/avatar/google", headers=old).status_code == 200


@pytest.mark.parametrize("path", ["..%2f..%2fsecret", "%2e%2e", "a%00b", "%ff", "<script>"])
def test_a_name_leads_to_no_other_file(client: FlaskClient, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("secret")
    answer = client.get(f"/avatar/{path}")
    assert "secret" not in answer.text.lower() or answer.status_code == 404
    assert answer.status_code == 404 or answer.mimetype == "image/svg+xml"


def test_a_record_file_holds_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="Pictures cannot be written to a record file"):
        AvatarsSpider().open(tmp_path / "x.jsonl")
