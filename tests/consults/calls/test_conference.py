"""A call of more people than browsers connect each with each goes through Janus: as our server speaks with it, and who
may. The pictures themselves: python -m tests.bench.calls conference.
"""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.base.db import Database
from app.base.errors import NotFound, Unavailable
from app.base.settings import CallSettings
from app.edge.services import Services
from consults.calls.conference import Conference
from consults.calls.janus import Janus
from tests.consults.calls.test_a_call import kept, window
from tests.consults.conftest import Clinic
from tests.consults.rooms import Hall, hall
from tests.janus_server import SECRET, JanusServer

needs_janus = pytest.mark.skipif(not JanusServer.is_here(), reason="janus is not installed")
FINGERPRINT = ":".join(["AB"] * 32)
# A voice and nothing else, as a browser offers it.
OFFER = "\r\n".join(
    [
        *("v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=msid-semantic: WMS"),
        *(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111",
            "c=IN IP4 0.0.0.0",
            "a=rtcp:9 IN IP4 0.0.0.0",
            "a=ice-ufrag:abcd",
        ),
        *("a=ice-pwd:abcdefghijklmnopqrstuvwx", f"a=fingerprint:sha-256 {FINGERPRINT}", "a=setup:actpass"),
        *("a=mid:0", "a=sendonly", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=ssrc:1 cname:x", ""),
    ]
)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Where the engine does not matter."""
    return sqlite_db


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JanusServer]:
    server = JanusServer(tmp_path_factory.mktemp("janus"))
    server.start()
    yield server
    server.stop()


def call_hall(services: Services, url: str) -> Iterator[Hall]:
    call = CallSettings(max_mesh=2, max_conference=4, janus_url=url, janus_secret=SECRET)
    with hall(replace(services, settings=services.settings.model_copy(update={"call": call}))) as opened:
        yield opened


@pytest.fixture
def open_hall(services: Services, clinic: Clinic, janus: JanusServer) -> Iterator[Hall]:
    yield from call_hall(services, janus.url)


@needs_janus
def test_a_third_makes_the_call_a_conference_and_it_stays_one(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice, bob, binh = (window(open_hall, one, consult_id) for one in (cast.alice, cast.bob, cast.binh))
    alice.join()
    assert [one["conference"] for one in bob.join()["members"]] == [False, False]
    assert [one["conference"] for one in binh.join()["members"]] == [True, True, True]
    assert binh.wish("call.leave")["ok"]
    assert [one["conference"] for one in open_hall.namespace.desk.members.all(consult_id)] == [True, True]


@needs_janus
def test_members_alone_send_and_hear(clinic: Clinic, open_hall: Hall) -> None:
    consult_id, cast = clinic.accepted(), clinic.cast
    alice, bob = (window(open_hall, one, consult_id) for one in (cast.alice, cast.bob))
    alice.join()
    bob.join()
    assert "a=recvonly" in alice.wish("conference.publish", sdp=OFFER)["sdp"]
    assert bob.wish("conference.publish", sdp=OFFER)["ok"]
    assert bob.wish("conference.publish", sdp=OFFER)["ok"]  # anew, as after a torn line
    # nothing has come from the other's browser yet, so there is nothing to hear: it asks again
    assert bob.wish("conference.hear", to=alice.id)["error"]["code"] == "not_found"

    binh = window(open_hall, cast.binh, consult_id)  # in the room, not in the call
    chi = open_hall.doctor(cast.chi)
    refused = [
        binh.wish("conference.publish", sdp=OFFER),
        binh.wish("conference.hear", to=alice.id),
        binh.wish("conference.start", to=alice.id, sdp=OFFER),
        chi.wish("conference.publish", consult_id=consult_id, sdp=OFFER),
        chi.wish("conference.hear", consult_id=consult_id, to=alice.id),
        bob.wish("conference.hear", to=consult_id),
    ]
    assert {answer["error"]["code"] for answer in refused} == {"not_found"}
    bob.doctor.hang_up()
    alice.wait_for([cast.alice.name])
    assert alice.wish("call.leave")["ok"]
    assert [event["type"] for event in kept(clinic, consult_id)] == ["call.started", "call.ended"]


@needs_janus
def test_who_sends_anew_waits_until_what_they_sent_before_is_cleared_away(janus: JanusServer) -> None:
    before, after = (Conference(Janus(janus.url, SECRET), most=4) for _ in range(2))
    before.publish("consult", "one", OFFER)
    clearing = threading.Timer(0.5, before.leave, ("one",), {"wait": True})
    clearing.start()
    assert "a=recvonly" in after.publish("consult", "one", OFFER)
    clearing.join()
    after.leave("one", wait=True, last=True)


@needs_janus
def test_whoever_left_hears_nobody(janus: JanusServer) -> None:
    conference = Conference(Janus(janus.url, SECRET), most=4)
    assert "a=recvonly" in conference.publish("consult", "one", OFFER)
    conference.leave("one", wait=True, last=True)
    with pytest.raises(NotFound):
        conference.subscribe("one", "another")


@needs_janus
def test_without_the_secret_janus_does_nothing(janus: JanusServer) -> None:
    with pytest.raises(Unavailable):
        Conference(Janus(janus.url, "another"), most=4).check()


def test_where_janus_is_away_a_small_call_stays_small(
    clinic: Clinic, services: Services, tmp_path: Path
) -> None:
    for opened in call_hall(services, JanusServer(tmp_path).url):
        consult_id, cast = clinic.accepted(), clinic.cast
        window(opened, cast.alice, consult_id).join()
        window(opened, cast.bob, consult_id).join()
        binh = window(opened, cast.binh, consult_id)
        assert binh.wish("call.join")["error"]["code"] == "conference_away"
        assert not any(one["conference"] for one in opened.namespace.desk.members.all(consult_id))
