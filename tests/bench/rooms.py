"""Rooms full of people against a whole running Hoichan, as issue 5 asks.

    python -m tests.bench.rooms load     200 people in 50 rooms: a pointer in each at 15 Hz, a chat line a person every 10 s;
                                         first alone, then while four senders store images, each over 100 Mbit/s
    python -m tests.bench.rooms cuts     50 people, 20 rooms, 5,000 lines, 200 cut lines, the web process killed in the middle

`load` prints how long it took from sending to each other screen; `cuts` compares every screen with the database and
prints how long catching up took. On a quiet machine; the crowd itself takes a part of the two cores.
"""

import argparse
import itertools
import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from typing import Any

from app.base.actor import Actor
from app.base.ids import new_id
from tests import dicomgen
from tests.bench.crowd import Crowd, Member
from tests.bench.house import CALLING, House, Room, open_house, processor_seconds, told
from tests.running import Running
from tests.sender import Sender, outgoing

SECONDS = 60
POINTERS_A_SECOND = 15
LINE_EVERY = 10.0
SENDERS = 4
IMAGES_A_SECOND = 24.0
"""Of each sender: CT slices of 525 kB over a line of 100 Mbit/s."""
IMAGES = 400
"""Of each sender; who gets through begins again, and the images are known then."""


@dataclass
class Screen:
    """One person's window in a room: what it shows, and what it has yet to say."""

    room: Room
    actor: Actor
    member: Member
    shown: list[tuple[int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.shown[-1][0] if self.shown else 0

    def take(self, event: dict[str, Any]) -> None:
        number, text = told(event)
        if number != self.last + 1:
            self.faults.append(f"{number} after {self.last}")
        self.shown.append((number, text))


def _milliseconds(name: str, took: list[float], goal: str) -> None:
    ordered = sorted(took) or [float("nan")]
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.95, 0.99)]
    print(
        f"    {name:8} {len(took):7,} seen: p50 {at[0]:6.1f}, p95 {at[1]:6.1f}, p99 {at[2]:6.1f},"
        f" worst {ordered[-1] * 1000:6.1f} ms; {goal}",
        flush=True,
    )


class Load:
    """One minute of everybody talking and one of each room pointing."""

    def __init__(self, house_: House, address: tuple[str, int]) -> None:
        self.crowd = Crowd()
        self.lines: list[float] = []
        self.points: list[float] = []
        self.screens: list[Screen] = []
        self._sent: dict[str, float] = {}
        for room in house_.rooms:
            for actor in room.people:
                member = Member(address, house_.cookie(actor), self._heard, self._lost)
                screen = Screen(room, actor, member)
                self.screens.append(screen)
        self._of = {screen.member: screen for screen in self.screens}

    def enter(self) -> None:
        """Everybody, one after the other."""
        for screen in self.screens:
            screen.member.connect()
            self.crowd.watch(screen.member)
            screen.member.wish("consult.enter", consult_id=screen.room.consult_id, after=0)
            self.crowd.run(0.01)
        self.crowd.run(3)

    def minute(self, hoichan: Running) -> None:
        """Prints what it was like."""
        worked = processor_seconds(hoichan)
        self.lines.clear()
        self.points.clear()
        begun, end = time.perf_counter(), time.perf_counter() + SECONDS
        for screen in self.screens:
            self.crowd.at(begun + random.uniform(0, LINE_EVERY), partial(self._speak, screen, end))
        movers = {screen.room.consult_id: screen for screen in self.screens}
        for screen in movers.values():
            self.crowd.at(begun + random.uniform(0, 0.066), partial(self._point, screen, end))
        self.crowd.run(SECONDS + 2)
        others = len(self.screens) // len(movers) - 1
        spoken = round(len(self.screens) * SECONDS / LINE_EVERY)
        pointed = len(movers) * POINTERS_A_SECOND * SECONDS
        _milliseconds("chat", self.lines, f"of about {spoken * (others + 1):,}; aim p99 under 100 ms")
        _milliseconds("pointer", self.points, f"of about {pointed * others:,}; aim p95 under 80 ms")
        share = (processor_seconds(hoichan) - worked) / (SECONDS + 2)
        print(f"    the web process kept {share:.2f} of a core busy", flush=True)

    def _speak(self, screen: Screen, end: float) -> None:
        now = time.perf_counter()
        if now > end:
            return
        text = new_id()
        self._sent[text] = now
        said = {"consult_id": screen.room.consult_id, "client_id": text, "text": text}
        screen.member.wish("message.post", lambda answer: self._answered(screen, answer), **said)
        self.crowd.at(now + LINE_EVERY, lambda: self._speak(screen, end))

    def _answered(self, screen: Screen, answer: dict[str, Any]) -> None:
        if not answer.get("ok"):
            screen.faults.append(str(answer))

    def _point(self, screen: Screen, end: float) -> None:
        now = time.perf_counter()
        if now > end:
            return
        where = {"consult_id": screen.room.consult_id, **screen.room.image, "frame_number": 1}
        screen.member.wish("pointer.move", **where, x=now, y=1.0)
        self.crowd.at(now + 1 / POINTERS_A_SECOND, lambda: self._point(screen, end))

    def _heard(self, member: Member, name: str, sent: Any) -> None:
        now = time.perf_counter()
        if name == "pointer":
            self.points.append(now - sent["x"])
        elif name == "event":
            screen = self._of[member]
            screen.take(sent)
            begun = self._sent.get(screen.shown[-1][1])
            if begun is not None:
                self.lines.append(now - begun)

    def _lost(self, member: Member) -> None:
        self._of[member].faults.append("the line was cut")


@contextmanager
def storing(port: int, called: str, crowd: Crowd) -> Iterator[None]:
    """Meanwhile four senders, a process of their own, store CT slices at the pace of their lines. The crowd lives on while
    they prepare: whoever answers no ping is cut off.
    """
    apart = multiprocessing.get_context("spawn")
    stop, ready, stored = apart.Event(), apart.Event(), apart.Value("i", 0)
    process = apart.Process(target=_store, args=(port, called, stop, ready, stored))
    process.start()
    crowd.run(600, ready.is_set)
    begun = time.perf_counter()
    try:
        yield
    finally:
        stop.set()
        print(f"    {stored.value / (time.perf_counter() - begun):.0f} images a second meanwhile", flush=True)
        process.join()


def _ever_new(requests: Sequence[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The requests again and again, each time as other instances."""
    for turn in itertools.count(1):
        for request, uid in requests:
            yield request.replace(uid, uid[:-3] + b"%03d" % turn)


def _store(port: int, called: str, stop: Event, ready: Event, stored: "Synchronized[int]") -> None:
    """In the process of the senders."""

    def send(requests: Sequence[tuple[bytes, bytes]], sender: Sender) -> None:
        next_at = time.perf_counter()
        with sender:
            for request in _ever_new(requests):
                if stop.is_set():
                    return
                next_at += 1 / IMAGES_A_SECOND
                time.sleep(max(0.0, next_at - time.perf_counter()))
                status = sender.exchange(request).status
                assert status == 0, f"an image was refused: {status:04x}"
                with stored.get_lock():
                    stored.value += 1

    studies = [dicomgen.series(IMAGES, rows=512, columns=512, study=f"busy-{n}") for n in range(SENDERS)]
    threads = []
    for study in studies:
        files = [outgoing(data) for data in study]
        offers = {(item.sop_class_uid, item.transfer_syntax) for item in files}
        sender = Sender(port, called=called, calling=CALLING, offers=offers)
        requests = [(sender.store_request(item), item.sop_instance_uid.encode()) for item in files]
        threads.append(threading.Thread(target=send, args=(requests, sender)))
    ready.set()
    for thread in threads:
        thread.start()


def load(people: int, rooms: int) -> None:
    """Prints the figures."""
    with open_house(rooms, people) as (hoichan, house_):
        print(f"  {people} people in {rooms} rooms, {SECONDS} s each", flush=True)
        going = Load(house_, ("127.0.0.1", hoichan.web_port))
        going.enter()
        print("  nothing else", flush=True)
        going.minute(hoichan)
        print("  four senders store images", flush=True)
        with storing(hoichan.dicom_port, house_.called, going.crowd):
            going.minute(hoichan)
        _compare(house_, going.screens)


class Cuts:
    """Everybody writes their lines; lines break; nobody may notice in the end."""

    def __init__(self, house_: House, address: tuple[str, int], lines: int, cuts: int) -> None:
        self.crowd = Crowd()
        self.caught_up: list[float] = []
        self.screens: list[Screen] = []
        self._left: dict[Member, list[str]] = {}
        self._cuts, self._total = cuts, lines
        everybody = [(room, actor) for room in house_.rooms for actor in room.people]
        for room, actor in everybody:
            screen = Screen(room, actor, Member(address, house_.cookie(actor), self._heard, self._lost))
            self.screens.append(screen)
            self._left[screen.member] = [new_id() for _ in range(lines // len(everybody))]
        self._of = {screen.member: screen for screen in self.screens}

    @property
    def unsent(self) -> int:
        return sum(map(len, self._left.values()))

    def run(self, kill: Callable[[], None]) -> None:
        """Until every line is acknowledged and every screen shows what the server has."""
        for screen in self.screens:
            self._enter(screen)
        begun = time.perf_counter()
        expected = self._total / 80  # seconds
        for number in range(self._cuts):
            self.crowd.at(begun + expected * number / self._cuts, self._cut)
        self.crowd.at(begun + expected / 2, kill)
        self.crowd.run(300, lambda: not self.unsent)
        self.crowd.run(3)

    def _enter(self, screen: Screen) -> None:
        member, began = screen.member, time.perf_counter()
        try:
            member.connect()
        except OSError:
            member.hang_up()
            self.crowd.at(time.perf_counter() + 0.3, lambda: self._enter(screen))
            return
        self.crowd.watch(member)
        after = screen.last

        def entered(answer: dict[str, Any]) -> None:
            self._caught_up(screen, answer["head"], began)
            self._speak(screen)

        member.wish("consult.enter", entered, consult_id=screen.room.consult_id, after=after)

    def _caught_up(self, screen: Screen, head: int, began: float) -> None:
        """What was missed is given before the answer, or soon after."""
        if screen.last >= head:
            self.caught_up.append(time.perf_counter() - began)
        elif screen.member.sock is not None:
            self.crowd.at(time.perf_counter() + 0.002, lambda: self._caught_up(screen, head, began))

    def _speak(self, screen: Screen) -> None:
        left = self._left[screen.member]
        if not left:
            return
        text, line = left[0], screen.member.sock

        def answered(answer: dict[str, Any]) -> None:
            if answer.get("ok"):
                left.remove(text)
                pause = random.uniform(0.3, 0.7)
            else:
                screen.faults.append(str(answer))
                pause = 1.0
            self.crowd.at(time.perf_counter() + pause, again)

        def again() -> None:
            if screen.member.sock is line:
                self._speak(screen)

        screen.member.wish(
            "message.post", answered, consult_id=screen.room.consult_id, client_id=text, text=text
        )

    def _cut(self) -> None:
        open_ = [screen for screen in self.screens if screen.member.sock is not None]
        if open_:
            screen = random.choice(open_)
            self.crowd.unwatch(screen.member)
            screen.member.hang_up()
            self._lost(screen.member)

    def _lost(self, member: Member) -> None:
        self.crowd.at(time.perf_counter() + random.uniform(0.1, 2), lambda: self._enter(self._of[member]))

    def _heard(self, member: Member, name: str, sent: Any) -> None:
        if name == "event":
            self._of[member].take(sent)


def cuts() -> None:
    """Prints the figures."""
    with open_house(20, 50) as (hoichan, house_):
        print("  50 people in 20 rooms, 5,000 lines, 200 cut lines, the web process killed", flush=True)
        run = Cuts(house_, ("127.0.0.1", hoichan.web_port), 5000, 200)
        begun = time.perf_counter()
        run.run(hoichan.kill_web)
        print(f"    {time.perf_counter() - begun:.0f} s; {run.unsent} lines unsent", flush=True)
        _compare(house_, run.screens)
        _milliseconds("caught up", run.caught_up, "aim under 2 s")


def _compare(house_: House, screens: Sequence[Screen]) -> None:
    faults = [fault for screen in screens for fault in screen.faults]
    kept = [house_.happened(room, room.people[0]) for room in house_.rooms]
    lines = [text for happened in kept for _, text in happened if len(text) == 26]
    differing = sum(screen.shown != house_.happened(screen.room, screen.actor) for screen in screens)
    print(
        f"    {len(lines)} lines kept, {len(lines) - len(set(lines))} of them twice; {differing} of {len(screens)}"
        f" screens differ from the database; {len(faults)} faults {faults[:3]}",
        flush=True,
    )


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["load", "cuts"])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rooms", type=int, default=50)
    chosen = parser.parse_args()
    if chosen.what == "cuts":
        cuts()
    else:
        load(chosen.people, chosen.rooms)


if __name__ == "__main__":
    main()
