"""Two bounded caches: arrays and pictures in memory, previews in files that outlive the process."""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from app.base.ids import new_id

Value = TypeVar("Value")


class MemoryCache(Generic[Value]):
    """The most recently used values up to a number of bytes. What two threads want at once is made once."""

    def __init__(self, limit: int, size_of: Callable[[Value], int]) -> None:
        self._limit = limit
        self._size_of = size_of
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._making: dict[Hashable, Future[Value]] = {}
        self._size = 0

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under `key`, made by `make` when it is not there; an error of `make` is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            waiting = self._making.get(key)
            if waiting is None:
                future: Future[Value] = Future()
                self._making[key] = future
        if waiting is not None:
            return waiting.result()
        return self._make(key, make, future)

    def kept(self, key: Hashable) -> Value | None:
        """The value under `key` if it is there."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def _make(self, key: Hashable, make: Callable[[], Value], future: "Future[Value]") -> Value:
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            future.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._keep(key, value)
        future.set_result(value)
        return value

    def _keep(self, key: Hashable, value: Value) -> None:
        self._values[key] = value
        self._size += self._size_of(value)
        while self._size > self._limit and self._values:
            _, dropped = self._values.popitem(last=False)
            self._size -= self._size_of(dropped)


class FileCache:
    """Files under a folder up to a number of bytes, the least recently used leaving first.

    Several processes may share the folder: a file appears whole or not at all, and may vanish at any time. What was
    made of one object goes with it.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._written = limit
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, digest: str, key: str) -> bytes | None:
        """What was made under `key` of the object with this digest, or None."""
        path = self._path(digest, key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def has(self, digest: str, key: str) -> bool:
        """Whether `get` would find it; it counts as used."""
        try:
            os.utime(self._path(digest, key))
        except OSError:
            return False
        return True

    def put(self, digest: str, key: str, data: bytes) -> None:
        """Keeps bytes; a full or broken disk only costs the copy."""
        path = self._path(digest, key)
        spare = path.with_name(f"{path.name}.{new_id()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            spare.write_bytes(data)
            spare.replace(path)
        except OSError:
            with suppress(OSError):
                spare.unlink(missing_ok=True)
            return
        self._make_room(len(data))

    def forget(self, digests: Collection[str]) -> None:
        """Removes all that was made of these objects."""
        for folder in sorted({digest[:2] for digest in digests}):
            for path in (self._folder / folder).glob("*"):
                if path.name.partition(".")[0] in digests:
                    path.unlink(missing_ok=True)

    def _path(self, digest: str, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        return self._folder / digest[:2] / f"{digest}.{name}"

    def _make_room(self, added: int) -> None:
        """Looks at the folder only after a tenth of the limit has been written."""
        with self._lock:
            self._written += added
            if self._written < self._limit // 10:
                return
            self._written = 0
            self._remove_oldest()

    def _remove_oldest(self) -> None:
        found = []
        for path in self._folder.glob("*/*"):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._limit:
                return
            path.unlink(missing_ok=True)
            total -= size
