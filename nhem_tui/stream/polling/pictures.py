"""Polls the ROI pictures: to show them, and to see whether frames are measured or made up."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from nhem_tui.backend.errors import BackendError, ServerFault
from nhem_tui.backend.types import RoiData
from nhem_tui.stream import events as ev
from nhem_tui.stream.lacks import RECHECK
from nhem_tui.stream.polling.shared import Shared
from nhem_tui.stream.waiting import wait_at_most
from nhem_tui.stream.windows import PICTURES

CHECK_INTERVAL: Final = 5.0
"""Seconds between looks whether the signal is simulated, while no pictures are wanted."""

RECHECK_INTERVAL: Final = 1.0
"""Likewise while it is: measured frames must not be called simulated for long."""


class PicturePoller:
    """Fetches pictures at the rate wanted, and now and then to see whether they are real.

    Attributes:
        rate: pictures a second that are wanted, 0 for none.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.rate = 0.0

    async def poll(self) -> None:
        """Poll until cancelled."""
        shared = self._shared
        missing_until = 0.0
        while True:
            await wait_at_most(shared.pictures_due, self._interval())
            shared.pictures_due.clear()
            await shared.room.wait()
            try:
                if shared.running and time.monotonic() >= missing_until:
                    await self._look()
                    shared.lacks.note(PICTURES, missing=False)
                    shared.troubles.over(PICTURES)
            except ServerFault as error:
                await asyncio.sleep(await shared.suffer_if_running(error))
            except BackendError as error:
                if shared.lacks.are_told_by(error, PICTURES):
                    shared.lacks.note(PICTURES, missing=True)
                    missing_until = time.monotonic() + RECHECK
                else:
                    await asyncio.sleep(await shared.suffer(error))
            if not shared.pictures_due.is_set():
                shared.judged.set()

    async def _look(self) -> None:
        shared = self._shared
        data = (await shared.client.dual_realtime(1)).dual_roi_data
        roi1, roi2 = _image(data.roi1_data), _image(data.roi2_data)
        shared.ledger.take_words(roi1, roi2)
        shared.emit(ev.PictureSeen(time.time(), shared.ledger.epoch, roi1, roi2))

    def _interval(self) -> float:
        if self.rate > 0:
            return 1 / self.rate
        return RECHECK_INTERVAL if self._shared.ledger.simulated else CHECK_INTERVAL


def _image(data: RoiData) -> ev.RoiImage:
    picture = data.picture
    return ev.RoiImage(picture.png, picture.word, data.gray_value, data.width, data.height)
