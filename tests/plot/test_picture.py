"""Pictures from outside are refused in clear words or shown in their true shape."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nhem_tui.plot.model import Size
from nhem_tui.plot.picture import HalfBlocks, decode_png, dithered, half_blocks


def png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    )


SAMPLE = np.random.default_rng(3).integers(0, 256, (15, 20)).astype(np.uint8)
FILE = png(Image.fromarray(SAMPLE))


def test_gray_levels_come_out_as_they_went_in() -> None:
    decoded = decode_png(FILE)
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, SAMPLE)


@pytest.mark.parametrize(
    ("image", "gray"),
    [
        (Image.new("RGB", (2, 2), (255, 0, 0)), 76),
        (Image.new("RGBA", (2, 2), (9, 9, 9, 0)), 9),
        (Image.new("RGB", (2, 2), (51, 51, 51)).convert("P", palette=Image.Palette.WEB), 51),
        (Image.new("1", (2, 2), 1), 255),
        (Image.fromarray(np.full((2, 2), 0x80FF, np.uint16)), 0x80),
    ],
    ids=["colour", "transparent", "palette", "bits", "16 bits"],
)
def test_any_kind_of_png_becomes_gray(image: Image.Image, gray: int) -> None:
    np.testing.assert_array_equal(decode_png(png(image)), np.full((2, 2), gray))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a PNG"),
        (b"<html>", "not a PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "not a PNG"),
        (FILE[:20], "damaged or cut short"),
        (FILE[:-60], "damaged or cut short"),
        (FILE[:60] + b"xxxx" + FILE[64:], "damaged or cut short"),
        (header(5, 5) + chunk(b"IEND", b""), "damaged or cut short"),
        (header(5, 5) + chunk(b"IDAT", zlib.compress(b"\0\0")), "damaged or cut short"),
        (FILE[:-12] + chunk(b"iCCP", b"") + FILE[-12:], "damaged or cut short"),
        (header(5, 5) + chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10**7))), "damaged"),
        (header(50_000, 50_000) + chunk(b"IDAT", b""), "too large"),
        (header(10_000, 10_000) + chunk(b"IDAT", b""), "too large: 10000×10000"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_junk_is_refused_in_clear_words(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        decode_png(data)


def test_the_limit_of_pixels_is_the_callers() -> None:
    assert decode_png(FILE, max_pixels=300).shape == (15, 20)
    with pytest.raises(ValueError, match="too large: 20×15 pixels, at most 299"):
        decode_png(FILE, max_pixels=299)


@given(st.binary(max_size=80), st.integers(0, len(FILE)), st.integers(0, len(FILE)))
def test_nothing_but_value_errors(junk: bytes, start: int, stop: int) -> None:
    try:
        decode_png(FILE[:start] + junk + FILE[stop:])
    except ValueError as error:
        assert str(error).startswith("the picture is ")


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 120), st.integers(1, 60))
def test_the_shape_is_kept_and_the_room_used(
    columns: int, rows: int, width: int, height: int
) -> None:
    blocks = half_blocks(np.zeros((rows, columns), np.uint8), Size(width, height))
    assert blocks.upper.shape == blocks.lower.shape
    w, h = blocks.size
    assert 1 <= w <= width
    assert 1 <= h <= height
    assert w == width or h == height
    # Cells are 1 by 2: one side is exact, the other off by half a cell, if it is not the least.
    aspect = columns / rows
    assert abs(w - 2 * h * aspect) <= max(0.5, aspect) + 1e-6 or w == 1 or h == 1


def test_a_squeezed_picture_gets_the_shape_of_what_it_shows() -> None:
    squeezed = np.zeros((150, 200), np.uint8)
    assert half_blocks(squeezed, Size(80, 80)).size == Size(80, 30)
    assert half_blocks(squeezed, Size(80, 80), aspect=4.0).size == Size(80, 10)
    assert half_blocks(squeezed, Size(80, 80), aspect=0.25).size == Size(40, 80)


def test_upper_and_lower_halves() -> None:
    picture = np.array([[10, 20], [30, 40], [50, 60], [70, 80]], np.uint8)
    blocks = half_blocks(picture, Size(2, 2))
    assert blocks.upper.tolist() == [[10, 20], [50, 60]]
    assert blocks.lower.tolist() == [[30, 40], [70, 80]]


def test_a_pixel_is_the_mean_of_the_area_it_covers() -> None:
    picture = np.arange(36, dtype=np.uint8).reshape(6, 6) * 7
    blocks = half_blocks(picture, Size(4, 2))
    pixels = np.stack((blocks.upper, blocks.lower), axis=1).reshape(4, 4)
    fine = np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1).astype(float)
    expected = fine.reshape(4, 3, 4, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(pixels, expected, atol=0.51)


@settings(max_examples=50)
@given(st.integers(0, 255), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_a_level_picture_stays_level(gray: int, columns: int, rows: int, width: int) -> None:
    blocks = half_blocks(np.full((rows, columns), gray, np.uint8), Size(width, 20))
    assert set(np.unique([blocks.upper, blocks.lower])) == {gray}


@pytest.mark.parametrize("size", [Size(0, 5), Size(5, 0), Size(-1, 5)])
def test_no_room_no_picture(size: Size) -> None:
    assert half_blocks(SAMPLE, size).size == Size(0, 0)
    assert half_blocks(np.empty((0, 7), np.uint8), Size(5, 5)).size == Size(0, 0)


@pytest.mark.parametrize("level", [0, 20, 85, 100, 128, 200, 255])
def test_few_grays_are_mixed_to_the_brightness_of_the_picture(level: int) -> None:
    flat = np.full((16, 32), level, np.uint8)
    few = dithered(HalfBlocks(flat, flat))
    grays = {*few.upper.flat, *few.lower.flat}
    assert grays <= {0, 85, 170, 255}
    mean = (few.upper.mean() + few.lower.mean()) / 2
    assert mean == pytest.approx(level, abs=6)
    assert len(grays) == (1 if level % 85 == 0 else 2)


def test_structure_survives_few_grays() -> None:
    ramp = np.tile(np.linspace(60, 130, 64).astype(np.uint8), (8, 1))
    few = dithered(HalfBlocks(ramp, ramp))
    means = [few.upper[:, start : start + 16].mean() for start in (0, 16, 32, 48)]
    assert means == sorted(means)
    assert means[-1] - means[0] > 30
