"""The frame channel: many frames over one WebSocket, the most urgent first, what is no longer wished for dropped.

The browser says, as JSON text, `{"ask": [[number, address, rank], ...], "drop": [number, ...]}`; an address is what
follows `/stream/<key>/`, the lowest rank goes first. Every answer is one or more messages of bytes: `HEAD`, headers as
JSON, body. Who may see is checked at the opening and every few seconds; what was found out holds until the next time.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from flask import Blueprint, Response, current_app, request
from werkzeug.http import parse_accept_header

from app.base.errors import HoichanError
from app.edge.actor import admit_again
from app.edge.errors import fault
from app.edge.language import language
from app.edge.places import places_of
from app.edge.services import Services
from app.edge.websocket import POLICY, Line, check_handshake, serve
from app.stream.answers import Answer, Asker, answer, is_quick, kept
from app.stream.channel_wishes import Message, Wish, WishList
from app.stream.channel_writing import Outbox
from app.stream.encoding import negotiated
from app.stream.frames import opens
from app.stream.whereabouts import Whereabouts

CHECK_SECONDS = 3.0
THREADS = 8
AT_ONCE = 3
"""Frames of one socket that are drawn or decoded at the same time."""


def add_channel(door: Blueprint, services: Services) -> None:
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="frame")

    @door.route("/channel", websocket=True)
    @opens
    def channel(key: str) -> Response:
        """Refused before it opens as every address here; then open as long as its person may see the study."""
        check_handshake(services.settings)
        whereabouts = Whereabouts(services, key)
        whereabouts.check()
        accepted = parse_accept_header(request.args.get("accept", ""))
        asker = Asker(negotiated(accepted), language())
        with places_of(current_app, services.settings).channel(key):
            return serve(lambda line: _Talk(services, line, asker, whereabouts, pool).run())


class _Talk:
    """One socket from its opening to its end, on its own thread; `_work` alone runs on the pool's."""

    def __init__(
        self, services: Services, line: Line, asker: Asker, whereabouts: Whereabouts, pool: ThreadPoolExecutor
    ) -> None:
        self._services = services
        self._line = line
        self._asker = asker
        self._whereabouts = whereabouts
        self._pool = pool
        self._wishes = WishList()
        self._outbox = Outbox(line)
        self._checked_at = time.monotonic()
        self._active = False

    def run(self) -> None:
        """Until the other side goes (Closed), or may no longer see the study, or says what no page of ours says."""
        try:
            while True:
                self._turn()
        except HoichanError as error:
            self._line.close(POLICY, error.code)

    def _turn(self) -> None:
        self._line.wait(self._checked_at + CHECK_SECONDS - time.monotonic(), writing=not self._outbox.empty)
        if time.monotonic() - self._checked_at >= CHECK_SECONDS:
            self._check()
        for text in self._line.read():
            self._hear(Message.from_text(text))
        self._take_finished()
        self._begin()
        self._outbox.send()

    def _check(self) -> None:
        admit_again(self._services, active=self._active)
        self._whereabouts.check()
        self._active = False
        self._checked_at = time.monotonic()

    def _hear(self, message: Message) -> None:
        self._active = True
        for number in message.dropped:
            self._wishes.drop(number)
            self._outbox.drop(number)
        for refused in message.refused:
            self._outbox.refuse(refused, refused.error, self._asker.language)
        found = self._whereabouts.of([wish.frame for wish in message.wishes])
        for wish in message.wishes:
            location = found[wish.frame]
            if isinstance(location, HoichanError):
                self._outbox.refuse(wish, location, self._asker.language)
            else:
                wish.location = location
                self._wishes.add(wish)

    def _begin(self) -> None:
        """What lies in memory is answered here and now; the rest is begun, a few at a time. One that is alone and needs
        no decoder is drawn on this thread: to give it to another and take it back costs half as much again.
        """
        while not self._outbox.full and (wish := self._wishes.next_new()) is not None:
            self._answer_kept(wish)
        while not self._outbox.full and (wish := self._wishes.next_slow(AT_ONCE)) is not None:
            if self._wishes.only_one and is_quick(self._services.renderer, wish.location, wish.form):
                self._wishes.finish(wish, self._made(wish))
                self._take_finished()
            else:
                self._pool.submit(self._work, wish)

    def _answer_kept(self, wish: Wish) -> None:
        try:
            found = kept(self._services.renderer, wish.location, wish.form, self._asker)
        except HoichanError:
            found = None  # said again, and answered, where it is made
        if found is None:
            self._wishes.put_off(wish)
        else:
            self._wishes.drop(wish.number)
            self._outbox.put(wish, found)

    def _take_finished(self) -> None:
        for wish, made in self._wishes.finished():
            if isinstance(made, Answer):
                self._outbox.put(wish, made)
            else:
                self._outbox.refuse(wish, made, self._asker.language)

    def _work(self, wish: Wish) -> None:
        self._wishes.finish(wish, self._made(wish))
        self._line.wake()

    def _made(self, wish: Wish) -> Answer | HoichanError:
        try:
            return answer(self._services.renderer, wish.location, wish.form, self._asker)
        except HoichanError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the outermost place of this thread, like errors.py for HTTP
            return fault(error, "the frame channel")
