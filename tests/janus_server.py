"""Debian's Janus on the loopback, as a hospital would run it: the HTTP interface with a secret, the plugin VideoRoom."""

import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.running import free_port

SECRET = "chi-dung-de-thu-janus"
_FILES = {
    "janus.jcfg": """general: {{ debug_level = 4
  api_secret = "{secret}" }}
nat: {{ ice_enforce_list = "127.0.0.1" }}
media: {{ rtp_port_range = "20000-20400" }}
plugins: {{ disable = "{others}" }}
transports: {{ disable = "libjanus_websockets.so,libjanus_pfunix.so,libjanus_mqtt.so,libjanus_nanomsg.so" }}
""",
    "janus.transport.http.jcfg": """general: {{ json = "compact", base_path = "/janus", http = true, port = {port},
  ip = "127.0.0.1", https = false }}
admin: {{ admin_http = false }}
""",
    "janus.plugin.videoroom.jcfg": "general: {{ }}\n",
}
_OTHERS = (
    *("audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming", "textroom"),
    *("videocall", "voicemail"),
)


class JanusServer:
    """Started and stopped as often as one likes; always at the same port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_here() -> bool:
        return shutil.which("janus") is not None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/janus"

    def start(self) -> None:
        """Returns when it listens."""
        others = ",".join(f"libjanus_{name}.so" for name in _OTHERS)
        for name, text in _FILES.items():
            filled = text.format(secret=SECRET, port=self.port, others=others)
            (self._folder / name).write_text(filled, encoding="utf-8")
        command = [
            "janus",
            "-F",
            str(self._folder),
            "-C",
            str(self._folder / "janus.jcfg"),
            "--disable-colors",
        ]
        with (self._folder / "janus.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            assert time.monotonic() < deadline, "Janus did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)
            self._process = None
