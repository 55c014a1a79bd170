"""Pictures agree with the gray values beside them."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.simulator.support import bench


def pixels(url: str) -> NDArray[np.uint8]:
    scheme, _, data = url.partition(",")
    assert scheme == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("L"))


@pytest.mark.parametrize(
    ("region", "corner"),
    [((100, 100, 300, 250), (0, 0)), ((0, 0, 400, 300), (82, 57)), ((30, 40, 700, 260), (73, 29))],
)
async def test_roi_2_is_the_part_that_the_server_averages(
    region: tuple[int, int, int, int], corner: tuple[int, int]
) -> None:
    async with bench(running=True) as b:
        await b.post("/roi/config", **dict(zip(("x1", "y1", "x2", "y2"), region, strict=True)))
        for _ in range(8):  # some of them during an event
            b.clock.go_on(0.9)
            data: dict[str, Any] = (await b.get("/data/dual-realtime?count=1"))["dual_roi_data"]
            whole, part = (pixels(data[f"roi{i}_data"]["pixels"]) for i in (1, 2))
            assert whole.shape == part.shape == (150, 200)
            left, top = corner
            square = whole[top : top + 37, left : left + 37]
            assert abs(square.mean() - data["roi2_data"]["gray_value"]) < 1e-9
            assert abs(part.mean() - data["roi2_data"]["gray_value"]) < 1
            assert abs(whole.mean() - data["roi1_data"]["gray_value"]) < 1
            assert whole.std() > 10  # speckle


async def test_a_picture_stays_as_long_as_its_capture() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(1)
        shown = [
            (await b.get("/data/dual-realtime?count=1"))["dual_roi_data"]["roi1_data"]["pixels"]
            for _ in range(2)
        ]
        assert shown[0] == shown[1]
        b.clock.go_on(1)
        later = (await b.get("/data/dual-realtime?count=1"))["dual_roi_data"]
        assert later["roi1_data"]["pixels"] != shown[0]


async def test_the_waveform_is_drawn_also_from_invented_data() -> None:
    async with bench() as b:
        for _ in range(2):
            reply = await b.get("/data/waveform-with-peaks?count=80")
            assert pixels(reply["image_data"]).shape == (300, 600)
            found = reply["metadata"]
            assert found["total_peaks"] == found["green_peaks"] + found["red_peaks"]
            assert found["detection_params"]["threshold"] == 104.0
            await b.control("start_detection")
            b.clock.go_on(60)
