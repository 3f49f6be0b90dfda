"""The caches stay within their bounds, and what is wanted twice at once is made once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.render.cache import FileCache, MemoryCache


def test_the_least_recently_used_leaves_first() -> None:
    cache: MemoryCache[bytes] = MemoryCache(30, len)
    made: list[str] = []

    def value(key: str) -> bytes:
        def make() -> bytes:
            made.append(key)
            return b"x" * 10

        return cache.get(key, make)

    for key in ("a", "b", "c", "a", "d", "a", "b"):
        value(key)
    assert made == ["a", "b", "c", "d", "b"]


def test_a_value_larger_than_the_cache_is_handed_on_and_not_kept() -> None:
    cache: MemoryCache[bytes] = MemoryCache(5, len)
    assert cache.get("a", lambda: b"x" * 10) == b"x" * 10
    assert cache.get("a", lambda: b"y" * 10) == b"y" * 10


def test_many_threads_that_want_the_same_wait_for_one() -> None:
    cache: MemoryCache[bytes] = MemoryCache(100, len)
    made = []
    all_here = threading.Barrier(8)

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"x"

    def want(_: int) -> bytes:
        all_here.wait(5)
        return cache.get("a", make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(want, range(8))) == [b"x"] * 8
    assert len(made) == 1


def test_an_error_is_told_to_all_who_waited_and_not_kept() -> None:
    cache: MemoryCache[bytes] = MemoryCache(100, len)

    def fail() -> bytes:
        raise KeyError("a")

    with pytest.raises(KeyError):
        cache.get("a", fail)
    assert cache.get("a", lambda: b"x") == b"x"


def files(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_files_stay_within_the_limit_and_the_oldest_leave(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 10_000)
    for number in range(30):
        cache.put(f"{number:02}", "", bytes(1000))
    assert files(tmp_path) <= 11_000
    assert cache.get("29", "") == bytes(1000)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 1 << 20)
    cache.put("aa", "a", b"first")
    cache.put("aa", "a", b"second")
    assert cache.get("aa", "a") == b"second"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert cache.get("aa", "b") is None


def test_a_folder_that_cannot_be_written_costs_only_the_copy(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "cache", 1 << 20)
    (tmp_path / "cache").rmdir()
    (tmp_path / "cache").write_text("in the way")
    cache.put("aa", "a", b"x")
    assert cache.get("aa", "a") is None


def test_what_was_made_of_an_object_goes_with_it(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 1 << 20)
    for digest in ("aa1", "aa2", "bb1"):
        for key in ("preview", "metadata"):
            cache.put(digest, key, b"x")
    cache.forget({"aa1", "bb1"})
    assert [cache.get(digest, "preview") for digest in ("aa1", "aa2", "bb1")] == [None, b"x", None]
    assert files(tmp_path) == 2
