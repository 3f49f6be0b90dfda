"""Work done behind the reception of a body, in the order it was asked for, and never far behind."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

_AHEAD = 8


class Behind:
    """One thread while the block runs; leaving it waits until all is done and raises what went wrong."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "stow")
        self._asked: deque[Future[Any]] = deque()

    def do(self, work: Callable[..., Any], *values: Any) -> None:
        """Returns at once, unless too much waits already."""
        self._asked.append(self._thread.submit(work, *values))
        if len(self._asked) > _AHEAD:
            self._asked.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()
        if error is None:
            for asked in self._asked:
                asked.result()
