"""Identifiers of one process grow, also within a millisecond, and never repeat."""

from concurrent.futures import ThreadPoolExecutor

from app.base.ids import new_id


def test_identifiers_grow_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert {len(one) for one in made} == {26}


def test_threads_never_get_the_same_one() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(20000)))
    assert len(set(made)) == 20000
