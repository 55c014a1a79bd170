"""An event loop that ends in order, whoever ends it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; `kill` and a closed terminal cancel it as Ctrl-C does, so that it tidies up.

    Raises:
        KeyboardInterrupt: it was ended from outside.
    """
    ended = False

    async def watched() -> T:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()

        def end() -> None:
            nonlocal ended
            if task is not None and not ended:  # once: tidying up is not to be cancelled
                ended = True
                task.cancel()

        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
                    loop.add_signal_handler(number, end)
        return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if ended:
            raise KeyboardInterrupt from None
        raise
