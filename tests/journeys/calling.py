"""Browsers with a made-up microphone and camera, two doctors in a call, and what really flows between them."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from app.base.clock import now
from consults.calls.ice import credentials
from tests.journeys.browser import ARGUMENTS, playwright
from tests.journeys.windows import Windows, vi, wait_for_image
from tests.running import free_port

DEVICES = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
SECRET = "chi-dung-de-thu-turn"
# Keeps every connection of the page, for looking into it; `extra` is laid over its configuration.
_KEEP = """(() => { const extra = %s, Real = window.RTCPeerConnection; window.peers = [];
  window.RTCPeerConnection = class extends Real { constructor(config) { super({...config, ...extra}); peers.push(this); } }; })()"""
_FLOW = """async () => { const found = {audio: 0, video: 0, frames: 0, ways: []};
  for (const peer of window.peers.filter((one) => one.connectionState === 'connected')) {
    const all = [...(await peer.getStats()).values()], by = new Map(all.map((one) => [one.id, one]));
    for (const one of all) {
      if (one.type === 'inbound-rtp') { found[one.kind] += one.bytesReceived; found.frames += one.framesDecoded || 0; }
      if (one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded')
        found.ways.push(by.get(one.localCandidateId).candidateType);
    } }
  return found; }"""


@contextmanager
def browser_with_devices(executable: str) -> Iterator[Browser]:
    """Chromium whose camera shows a moving disc and whose microphone beeps."""
    with playwright() as running:
        chromium = running.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *DEVICES])
        yield chromium
        chromium.close()


def in_room(windows: Windows, login: str, consult: str, extra: str = "{}") -> Page:
    """A doctor's window in the room; `extra`: of the connections' configuration, as JavaScript."""
    page = windows.of(login)
    page.set_default_timeout(120_000)  # pictures are coded by the processor, of several windows at once
    page.add_init_script(_KEEP % extra)
    page.goto(f"{windows.hoichan.url}/consults/{consult}")
    wait_for_image(page)
    return page


def flow(page: Page) -> dict[str, Any]:
    """Bytes and frames received so far on connected lines, and which kind of way each goes."""
    found: dict[str, Any] = page.evaluate(_FLOW)
    return found


def wait_for_flow(page: Page, *kinds: str, seconds: float = 40) -> dict[str, Any]:
    """Until each kind ("audio", "video", "frames") has risen on the lines there are."""
    deadline, before = time.monotonic() + seconds, flow(page)
    while True:
        page.wait_for_timeout(300)
        found = flow(page)
        if all(found[kind] > before[kind] for kind in kinds):
            return found
        before = {kind: min(before[kind], found[kind]) for kind in ("audio", "frames", "video")}
        assert time.monotonic() < deadline, (kinds, before, found)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=vi(name), exact=True).click()


def sign_out(page: Page) -> None:
    """As the button does, from this very page."""
    token = page.evaluate("() => JSON.parse(document.getElementById('hoichan-config').textContent).csrf")
    url = page.url.split("/consults")[0]
    answer = page.context.request.post(
        f"{url}/sign-out", headers={"X-CSRF-Token": str(token), "Origin": url}, max_redirects=0
    )
    assert answer.status < 400, answer.text()


class Relay:
    """Debian's coturn on the loopback, with a secret shared with the server."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_here() -> bool:
        return shutil.which("turnserver") is not None

    @property
    def url(self) -> str:
        return f"turn:127.0.0.1:{self.port}"

    def extra(self, person: str) -> str:
        """A configuration that goes through this relay or not at all."""
        name, password = credentials(SECRET, person, now())
        server = f"{{urls: '{self.url}', username: '{name}', credential: '{password}'}}"
        return f"{{iceServers: [{server}], iceTransportPolicy: 'relay'}}"

    def start(self) -> None:
        command = [
            *("turnserver", "-n", "--use-auth-secret", f"--static-auth-secret={SECRET}"),
            *(
                "--realm=hoichan",
                "--listening-ip=127.0.0.1",
                "--relay-ip=127.0.0.1",
                "--allow-loopback-peers",
            ),
            *(f"--listening-port={self.port}", "--no-tls", "--no-dtls", "--no-cli", "--no-stdout-log"),
            *("--min-port=49160", "--max-port=49400", f"--pidfile={self._folder / 'turn.pid'}"),
            *(f"--userdb={self._folder / 'turn.db'}", f"--log-file={self._folder / 'turn.log'}"),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)
            self._process = None
