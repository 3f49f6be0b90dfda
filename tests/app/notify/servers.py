"""A mail server and a program with a webhook, on real ports of this machine."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.certificates import Certificate


@dataclass
class MailServer:
    """What it took. `refuse`: the status it gives to recipients instead of 250."""

    port: int = 0
    refuse: int = 0
    mails: list[EmailMessage] = field(default_factory=list)


class _Listening(socketserver.ThreadingTCPServer):
    """What a handler finds with its server."""

    kept: Any
    ended: threading.Event


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as smtplib says."""

    server: _Listening

    def handle(self) -> None:
        kept: MailServer = self.server.kept
        self._say(220)
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.strip() else b""
            if word == b"RCPT" and kept.refuse:
                self._say(kept.refuse)
            elif word == b"DATA":
                self._say(354)
                kept.mails.append(self._mail())
                self._say(250)
            elif word == b"QUIT":
                self._say(221)
                return
            else:
                self._say(250)

    def _mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default)

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} ok\r\n".encode())


@dataclass
class Program:
    """What it was told, and what it answers: one status after the other, the last one for ever."""

    address: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    location: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


class _Web(_Listening, HTTPServer):
    """The same with HTTP."""


class _Hook(BaseHTTPRequestHandler):
    server: _Web

    def do_POST(self) -> None:
        kept: Program = self.server.kept
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kept.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0])
        if kept.location:
            self.send_header("Location", kept.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: Any) -> None:
        """Quiet."""


@contextmanager
def _served(server: _Listening, kept: Any) -> Iterator[None]:
    server.kept, server.daemon_threads = kept, True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = _Listening(("127.0.0.1", 0), _Smtp)
    kept = MailServer(port=server.server_address[1])
    with _served(server, kept):
        yield kept


@contextmanager
def program() -> Iterator[Program]:
    server = _Web(("127.0.0.1", 0), _Hook)
    kept = Program(address=f"http://127.0.0.1:{server.server_port}/hook?of=hoichan")
    with _served(server, kept):
        yield kept


class _Drip(socketserver.BaseRequestHandler):
    """Says one byte every tenth of a second, for as long as somebody listens."""

    server: _Listening

    def handle(self) -> None:
        kept: ssl.SSLContext = self.server.kept
        with suppress(OSError), kept.wrap_socket(self.request, server_side=True) as encrypted:
            encrypted.recv(4096)
            encrypted.sendall(b"HTTP/1.1 2")
            while not self.server.ended.wait(0.1):
                encrypted.sendall(b"0")


@contextmanager
def dripping(certificate: Certificate) -> Iterator[str]:
    """The address of a program behind TLS whose answers have no end."""
    server = _Listening(("127.0.0.1", 0), _Drip)
    server.ended = threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    with _served(server, context):
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.ended.set()
