"""Calls on a bad day. `turn`: only a relay gets through (coturn, passwords from the server), it dies and comes back, the
web process is killed, a third doctor joins, one signs out. `thin`: a line that loses packets, and grows wide again.
`conference`: six doctors through Janus, which is killed and comes back. How long until sound and picture flow again.

python -m tests.bench.calls [turn] [thin] [conference]
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from app.edge.actor import session_cookie_name
from tests.bench.house import house
from tests.factories import start_session
from tests.janus_server import SECRET as JANUS_SECRET
from tests.janus_server import JanusServer
from tests.journeys.calling import (
    SECRET,
    Relay,
    browser_with_devices,
    flow,
    in_room,
    press,
    sign_out,
    wait_for_flow,
)
from tests.journeys.windows import Windows
from tests.running import running

RELAY_ONLY = "{iceTransportPolicy: 'relay'}"
DOCTORS = "abcdefgh"
_HEARD = """async (others) => { const before = window.heard || new Map(), now = window.heard = new Map();
  for (const peer of peers.filter((one) => one.connectionState === 'connected'))
    for (const one of (await peer.getStats()).values())
      if (one.type === 'inbound-rtp' && one.kind === 'audio') now.set(peer, one.bytesReceived);
  return [...now].filter(([peer, bytes]) => bytes > (before.get(peer) ?? bytes)).length === others; }"""
# What the other side says of the line, as getStats() tells it; null: what it really is.
_LINE = """(() => { const real = RTCPeerConnection.prototype.getStats; window.lost = null;
  RTCPeerConnection.prototype.getStats = async function (...which) {
    const found = await real.apply(this, which);
    if (window.lost === null) return found;
    return new Map([...found, ['thin', {type: 'remote-inbound-rtp', fractionLost: window.lost}]]);
  }; })()"""


@contextmanager
def _consult(folder: Path, **settings: str) -> Iterator[tuple[Windows, str]]:
    """Windows of eight doctors ("a" to "h") of one consult, in a browser with made-up devices."""
    with (
        running(folder, **settings) as hoichan,
        house(hoichan, 1, 2 * len(DOCTORS)) as house_,
        browser_with_devices("/usr/bin/chromium") as browser,
    ):
        windows, room = Windows(browser, hoichan), house_.rooms[0]
        for login, actor in zip(DOCTORS, room.people[::2], strict=True):
            cookie = {
                "name": session_cookie_name(secure=False),
                "value": start_session(house_.db, actor).token,
                "domain": "127.0.0.1",
                "path": "/",
            }
            windows.sessions[login] = {"cookies": [cookie], "origins": []}
        try:
            yield windows, room.consult_id
        finally:
            windows.close()


def _timed(what: str, *acts: Callable[[], None]) -> None:
    begun = time.monotonic()
    for act in acts:
        act()
    print(f"{what}: {time.monotonic() - begun:.1f} s", flush=True)


def _flows(*windows: Page) -> None:
    for window in windows:
        wait_for_flow(window, "audio", "video", seconds=90)


def _tiles(count: int, *windows: Page) -> None:
    for window in windows:
        window.wait_for_function(
            f"() => document.querySelectorAll('.hr-tile').length === {count}", timeout=120_000
        )


def _turn(folder: Path) -> None:
    relay = Relay(folder)
    relay.start()
    settings = {"HOICHAN_CALL__TURN_URLS": relay.url, "HOICHAN_CALL__TURN_SECRET": SECRET}
    try:
        with _consult(folder, **settings) as (windows, consult):
            _bad_day(windows, consult, relay)
    finally:
        relay.stop()


def _bad_day(windows: Windows, consult: str, relay: Relay) -> None:
    one, two, three = (in_room(windows, who, consult, RELAY_ONLY) for who in "abc")
    press(one, "Video call")
    press(two, "With picture")
    _timed("first sound and picture, through the relay", lambda: _flows(one, two))
    print("ways:", flow(one)["ways"], flow(two)["ways"])
    relay.stop()
    one.wait_for_function("() => peers.every((one) => one.connectionState !== 'connected')", timeout=120_000)
    relay.start()
    _timed("back after the relay was gone", lambda: _flows(one, two))
    windows.hoichan.kill_web()
    one.wait_for_timeout(3_000)
    _timed("back after the web process was killed", lambda: _tiles(2, one, two), lambda: _flows(one, two))
    press(three, "With picture")
    _timed("a third is linked with both", lambda: _tiles(3, one, two, three), lambda: _flows(one, two, three))
    print("ways of the third:", flow(three)["ways"])
    sign_out(two)
    _timed("gone after signing out", lambda: _tiles(2, one, three))


def _thin(folder: Path) -> None:
    with _consult(folder) as (windows, consult):
        one, two = (in_room(windows, who, consult) for who in "ab")
        one.evaluate(_LINE)
        press(one, "Video call")
        press(two, "With picture")
        _flows(one, two)
        one.evaluate("() => { window.lost = 0.3; }")
        _timed("a thin line: their picture rests on the other screen", lambda: _pictures(two, 1))
        _timed("then writing is proposed", lambda: _sentence(one, "chat|nhắn|viết|trao đổi"))
        wait_for_flow(two, "audio")
        print("the voice goes on")
        one.evaluate("() => { window.lost = null; }")
        _timed("the line is wide again: the picture is back", lambda: _pictures(two, 2))


def _conference(folder: Path) -> None:
    janus = JanusServer(folder)
    janus.start()
    settings = {"HOICHAN_CALL__JANUS_URL": janus.url, "HOICHAN_CALL__JANUS_SECRET": JANUS_SECRET}
    try:
        with _consult(folder, **settings) as (windows, consult):
            _six(windows, consult, janus)
    finally:
        janus.stop()


def _six(windows: Windows, consult: str, janus: JanusServer) -> None:
    doctors = [in_room(windows, who, consult) for who in "abcdef"]
    press(doctors[0], "Video call")
    press(doctors[1], "With picture")
    for doctor in doctors[2:4]:
        press(doctor, "Join with voice")
    _timed("four see and hear each other, each with each", lambda: _each_hears(doctors[:4], 3))
    press(doctors[4], "Join with voice")
    _timed("a fifth joins by voice: all five through Janus", lambda: _each_hears(doctors[:5], 4))
    press(doctors[5], "Join with voice")
    _timed("a sixth", lambda: _each_hears(doctors, 5))
    press(doctors[0], "Share the screen")
    _timed("the first one's screen on all others", lambda: _screen(doctors[1:]))
    janus.stop()
    doctors[0].wait_for_timeout(3_000)
    janus.start()
    _timed("all again after Janus was killed", lambda: _each_hears(doctors, 5))
    sign_out(doctors[1])
    _timed("one signed out: gone everywhere", lambda: _tiles(6, *doctors[2:]))  # five people and a screen
    press(doctors[2], "Leave the call")
    _timed("five, one of them gone: the others go on", lambda: _each_hears([doctors[0], *doctors[3:]], 3))


def _each_hears(doctors: list[Page], others: int) -> None:
    """On every one of so many lines more sound has come than a moment ago."""
    deadline = time.monotonic() + 120
    for doctor in doctors:
        doctor.evaluate("() => { window.heard = null; }")
        while not doctor.evaluate(_HEARD, others):
            assert time.monotonic() < deadline, (doctor.url, others)
            doctor.wait_for_timeout(500)


def _screen(doctors: list[Page]) -> None:
    for doctor in doctors:
        doctor.wait_for_function(
            "() => document.querySelector('.hr-tile.screen video')?.videoWidth > 0", timeout=120_000
        )


def _pictures(window: Page, count: int) -> None:
    window.wait_for_function(
        f"() => document.querySelectorAll('.hr-tile video').length === {count}", timeout=120_000
    )


def _sentence(window: Page, like: str) -> None:
    window.wait_for_function(
        f"() => /{like}/i.test(document.querySelector('.hr-call-thin').textContent)", timeout=120_000
    )


RUNS = {"conference": _conference, "thin": _thin, "turn": _turn}
MISSING = {
    name: package
    for name, package, is_here in (
        ("conference", "janus", JanusServer.is_here()),
        ("turn", "coturn", Relay.is_here()),
    )
    if not is_here
}


def main() -> None:
    """On servers of their own."""
    for name in sys.argv[1:] or RUNS:
        if name in MISSING:
            print(f"{MISSING[name]} is not installed: {name} is not run")
            continue
        print(f"-- {name}")
        with tempfile.TemporaryDirectory() as folder:
            RUNS[name](Path(folder))


if __name__ == "__main__":
    main()
