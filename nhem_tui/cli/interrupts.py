"""What ends a command from outside, and that it ends in order all the same."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

T = TypeVar("T")

FROM_AFAR: Final = (signal.SIGTERM, signal.SIGHUP)
"""`kill` and a closed terminal."""

ALL: Final = (signal.SIGINT, *FROM_AFAR)
"""Those, and Ctrl-C."""


@contextmanager
def answered(answer: Callable[[], object], numbers: Sequence[int] = ALL) -> Iterator[None]:
    """Let signals call `answer` instead of ending the process.

    Those that are ignored stay so: nohup wants it. Only the main thread hears any.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda *_: answer()) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def as_interrupts() -> Iterator[None]:
    """Let every signal do what Ctrl-C does, so that nothing half done is left behind.

    Raises:
        KeyboardInterrupt: there was one.
    """
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        if not interrupted:  # once: tidying up is not to be interrupted
            interrupted = True
            raise KeyboardInterrupt

    with answered(interrupt):
        yield


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

        with answered(lambda: loop.call_soon_threadsafe(end), FROM_AFAR):
            return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        if ended:
            raise KeyboardInterrupt from None
        raise
