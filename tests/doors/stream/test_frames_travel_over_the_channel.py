"""The frame channel gives what HTTP gives, the most urgent first, to whom HTTP gives it, and ends with the right."""

import json
import re
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import websocket
from werkzeug.serving import make_server

from app.archive.frames_index import FrameLocation
from app.archive.grants import end_grants
from app.base import clock
from app.base.db import Database
from app.render.frames import Renderer
from app.render.params import FrameParams
from app.stream.channel_wishes import Message, Wish, WishList
from tests.dicomgen import JPEG_LS, compressed, ct_dataset, file, phantom
from tests.doors.stream.channel_client import Channel
from tests.doors.stream.test_frames_travel_to_the_viewer import Opened, open_page
from tests.doors.web.test_a_patient_opens_a_link import Phone, make_link
from tests.factories import Browser, start_session
from tests.website import Website

Opener = Callable[..., Channel]


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Frames do not know which database they came from."""
    return sqlite_db


@pytest.fixture
def address(site: Website) -> Iterator[str]:
    """The site on a real socket."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def cookie_of(opened: Opened) -> str:
    """What the browser of this page sends."""
    found = opened.browser.client.get_cookie("hoichan")
    assert found is not None
    return f"hoichan={found.value}"


@pytest.fixture
def connect(address: str) -> Iterator[Opener]:
    channels: list[Channel] = []

    def open_channel(opened: Opened, **more: Any) -> Channel:
        channels.append(Channel(address, opened.key, cookie_of(opened), **more))
        return channels[-1]

    yield open_channel
    for channel in channels:
        channel.close()


@pytest.fixture
def opened(site: Website) -> Opened:
    return open_page(site.signed_in(site.cast.alice), site.ct(site.cast.ct_a, count=5))


def image(opened: Opened, index: int = 0) -> str:
    return str(opened.series["instances"][index]["id"])


FRAMES = (
    "rendered/{}/1",
    "rendered/{}/1?center=40&width=400&function=LINEAR&box=32x32&quality=60",
    "rendered/{}/1?type=exact",
    "rendered/{}/1?box=256x256&quality=75",
    "stored/{}/1",
    "stored/{}/1?coding=predicted",
    "stored/{}/1?coding=left&region=0,0,20,10&shrink=2",
)
REFUSED = (
    "rendered/{}/2",
    "rendered/nothing/1",
    "rendered/{}/1?center=x&width=1",
    "rendered/{}/1?evil=1",
    "stored/{}/1?coding=other",
    "stored/{}/1?region=0,0,999,999&shrink=1",
)
TOLD = ("Content-Type", "Cache-Control", "Content-Encoding", "Content-Length")


@pytest.mark.parametrize("accept", ["gzip", "zstd", ""])
def test_both_doors_give_the_same_bytes(opened: Opened, connect: Opener, accept: str) -> None:
    channel = connect(opened, accept=accept)
    for rest in (each.format(image(opened)) for each in FRAMES):
        by_http = opened.browser.client.get(opened.path(rest), headers={"Accept-Encoding": accept})
        for told in (channel.ask(rest), channel.ask(rest)):
            assert (told.status, told.body) == (by_http.status_code, by_http.data)
            assert {told.headers.get(name) == by_http.headers.get(name) for name in TOLD} == {True}


def test_both_doors_refuse_with_the_same_problem(opened: Opened, connect: Opener) -> None:
    channel = connect(opened)
    for rest in (each.format(image(opened)) for each in REFUSED):
        by_http = opened.browser.get_json(opened.path(rest))
        told = channel.ask(rest)
        assert (told.status, told.problem) == (by_http.status_code, by_http.json)
    for rest in ("manifest", "", "rendered/x", "rendered/x/-1", "rendered/x/1/2"):
        assert channel.ask(rest).problem["code"] == "not_found", "the channel carries frames only"


def test_a_broken_frame_is_a_grey_tile_with_its_reason(site: Website, connect: Opener) -> None:
    whole = compressed(
        ct_dataset(1, study="torn", series="torn", patient_id="torn"), [phantom().view("u2")], JPEG_LS
    )
    stream = whole.index(b"\xff\xd8\xff")
    torn = whole[: stream + 40] + bytes(len(whole) - stream - 48) + whole[-8:]
    opened = open_page(site.signed_in(site.cast.alice), site.store(site.cast.ct_a, [torn]))
    by_http = opened.browser.get(opened.path(f"rendered/{image(opened)}/1"))
    told = connect(opened).ask(f"rendered/{image(opened)}/1")
    assert told.body == by_http.data
    assert told.headers["X-Hoichan-Reason"] == by_http.headers["X-Hoichan-Reason"]


def test_many_wishes_in_one_message_are_answered_by_rank(opened: Opened, connect: Opener) -> None:
    channel = connect(opened)
    addresses = [f"rendered/{image(opened, index)}/1" for index in range(5)]
    for number, rest in enumerate(addresses):
        channel.ask(rest, number)
    channel.say([(number, rest, 10 - number) for number, rest in enumerate(addresses)])
    assert [channel.next().number for _ in addresses] == [4, 3, 2, 1, 0]


class Slow:
    """A renderer that makes nothing until it is told to."""

    def __init__(self, renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.made: list[str] = []
        self._render = renderer.rendered_frame
        self._first = ""
        monkeypatch.setattr(renderer, "rendered_frame", self._slowly)

    def _slowly(self, location: FrameLocation, params: FrameParams) -> bytes:
        self.made.append(location.digest)
        self.go.wait(5)
        return self._render(location, params)


def test_a_slow_frame_holds_up_neither_kept_ones_nor_new_wishes_and_what_is_dropped_is_not_made(
    site: Website, opened: Opened, connect: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = connect(opened)
    kept = f"rendered/{image(opened)}/1"
    channel.ask(kept)
    slow = Slow(site.services.renderer, monkeypatch)
    channel.say([(number, f"rendered/{image(opened, number)}/1?quality=50", 0) for number in (1, 2, 3, 4)])
    assert channel.ask(kept, 9).number == 9
    channel.say(drop=[3, 4])
    assert channel.ask(kept, 10).number == 10, "the drop was heard before this"
    slow.go.set()
    assert {channel.next().number, channel.next().number} == {1, 2}
    assert channel.ask(kept, 11).number == 11, "nothing of what was dropped comes"
    assert len(slow.made) == 3, "three at once; the fourth was dropped before its turn"


def test_large_answers_come_in_parts_between_which_urgent_ones_pass(site: Website, connect: Opener) -> None:
    ds = ct_dataset(1, study="large", series="large", patient_id="large")
    ds.Rows, ds.Columns = 1500, 1500
    ds.PixelData = bytes(1500 * 1500 * 2)
    small = file(ct_dataset(2, study="large", series="large", patient_id="large"))
    opened = open_page(site.signed_in(site.cast.alice), site.store(site.cast.ct_a, [file(ds), small]))
    channel = connect(opened, accept="")
    large, urgent = (f"stored/{image(opened, index)}/1" for index in (0, 1))
    whole = opened.browser.client.get(opened.path(large), headers={"Accept-Encoding": ""}).data
    channel.ask(urgent, 1)
    assert channel.ask(large, 2).body == whole
    channel.parts.clear()
    channel.say([(number, large, 5) for number in range(3, 9)])
    channel.say([(9, urgent, 0)])
    answers = [channel.next() for _ in range(7)]
    assert {told.body for told in answers if told.number != 9} == {whole}
    assert channel.parts.count(3) > 10


def refusal(connect: Opener, opened: Opened, **more: str) -> int:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(opened, **more)
    return int(refused.value.status_code)


def test_it_opens_for_the_opener_from_our_pages_only(site: Website, opened: Opened, connect: Opener) -> None:
    thief = Opened(site.signed_in(site.cast.alice), opened.key, opened.manifest)
    assert refusal(connect, thief) == 404
    assert refusal(connect, Opened(site.signed_in(site.cast.bob), opened.key, opened.manifest)) == 404
    assert refusal(connect, opened, origin="https://elsewhere.example") == 403
    assert opened.browser.get_json(opened.path("channel")).status_code in {400, 403}


def closed_within(channel: Channel, seconds: float) -> bool:
    channel.wire.settimeout(seconds)
    try:
        channel.next()
    except websocket.WebSocketTimeoutException:
        return False
    except (websocket.WebSocketException, OSError):
        return True
    return False


def test_it_ends_within_five_seconds_of_signing_out_or_of_the_end_of_the_right(
    site: Website, opened: Opened, connect: Opener
) -> None:
    shared = site.ct(site.cast.ct_a, "shared")
    site.share(shared, site.cast.b.id)
    bobs = open_page(site.signed_in(site.cast.bob), shared)
    leaving, losing = connect(opened), connect(bobs)
    assert losing.ask(f"rendered/{image(bobs)}/1").status == 200
    opened.browser.post("/sign-out")
    with site.services.db.transaction() as tx:
        end_grants(tx, site.cast.alice, reason_ref="consult-1", at=clock.now())
    began = time.monotonic()
    assert closed_within(leaving, 5)
    assert closed_within(losing, 5 - (time.monotonic() - began))


def test_a_patients_link_opens_it_and_ends_it_when_taken_back(site: Website, address: str) -> None:
    alice = site.signed_in(site.cast.alice)
    study_id = site.ct(site.cast.ct_a, "BN1", PatientBirthDate="19620511")
    phone = Phone(Browser(site.app.test_client(), "", ""))
    phone.answer(make_link(alice, study_id).path, "11/05/1962")
    key = re.search(r'"key": "([^"]+)"', phone.ask("/result/viewer").text)
    link = re.search(r'href="/links/(\w{26})"', alice.get("/links").text)
    assert key
    assert link
    cookie = phone.browser.client.get_cookie("hoichan-link")
    assert cookie
    channel = Channel(address, key.group(1), f"hoichan-link={cookie.value}")
    first = site.instance_ids(site.cast.alice, study_id)[0]
    assert channel.ask(f"rendered/{first}/1").status == 200
    assert alice.post(f"/links/{link.group(1)}/revoke").status_code == 303
    assert closed_within(channel, 5)
    channel.close()


NONSENSE = ("", "[]", "{", '{"ask": 1}', '{"ask": [[1]]}', '{"ask": [["a", "b", "c"]]}', "x" * 70_000)
LONG = json.dumps({"ask": [[1, f"rendered/{'x' * 2000}/1", 0]]})


def test_what_no_page_says_ends_it(opened: Opened, connect: Opener) -> None:
    for text in (*NONSENSE, LONG):
        channel = connect(opened)
        channel.wire.send(text)
        assert closed_within(channel, 2), text
        channel.close()


UNREAD = (
    b"\x81\xfe\xea\x60" + bytes(4) + b'{"ask":[' + b'[1,"x",0],' * 5998 + b'[1,"x",0]' + b"] " + b"}",
    (b"\x89\xfd" + bytes(4) + bytes(125)) * 500,
)  # a message of wishes that are refused, and pings; masked with zeros (RFC 6455, 5.3)


@pytest.mark.parametrize("data", UNREAD, ids=["refusals", "pings"])
def test_who_asks_on_and_reads_nothing_is_not_heaped_up_for(
    opened: Opened, connect: Opener, data: bytes
) -> None:
    wire = connect(opened, receives=4096).wire.sock
    assert wire
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        for _ in range(1000):
            wire.sendall(data)


def test_wishes_dropped_while_the_line_takes_nothing_are_forgotten() -> None:
    wishes, alive = WishList(), weakref.WeakSet[Wish]()
    for number in range(20_000):
        (wish,) = Message.from_text(f'{{"ask": [[{number}, "rendered/a/1", 1]]}}').wishes
        alive.add(wish)
        wishes.add(wish)
        wishes.drop(number - 3)
    assert len(alive) < 3000
    assert [wish.number for wish in iter(wishes.next_new, None)] == [19_997, 19_998, 19_999]


def test_one_opening_has_a_few_channels_and_no_more(opened: Opened, connect: Opener) -> None:
    open_ones = [connect(opened) for _ in range(6)]
    assert refusal(connect, opened) == 503
    open_ones[0].close()
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        with suppress(websocket.WebSocketBadStatusException):
            connect(opened)
            return
        time.sleep(0.05)
    pytest.fail("its place was not given back")


def test_a_new_session_needs_a_new_page(site: Website, opened: Opened, address: str) -> None:
    token = start_session(site.services.db, site.cast.alice).token
    with pytest.raises(websocket.WebSocketBadStatusException):
        Channel(address, opened.key, f"hoichan={token}")
