"""What is newly due begins when it is announced, not at the next look; an error ends no thread."""

import threading

from app.base.couriers import Couriers


def test_a_call_wakes_a_courier_that_waits() -> None:
    worked, calls = threading.Event(), []

    def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OSError
        if len(calls) > 1:
            worked.set()
        return 0

    couriers = Couriers(work, threads=1, look_every=60)
    try:
        couriers.call("delivery")
        assert worked.wait(10)
    finally:
        couriers.stop()
