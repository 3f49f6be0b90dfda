"""Previews are made on arrival, are small, and are there again after a restart."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.archive.actions import Source, SourceKind, store_instance
from app.archive.models import Instance
from app.archive.part10 import read_part10
from app.archive.queries import series_frames
from app.base import clock
from app.base.actor import SYSTEM
from app.base.db import Database
from app.base.errors import Unavailable, Unsupported
from app.base.jobs import JobRunner
from app.edge.services import Services
from app.main.worker import PREVIEWS_AGAIN, Exchange, handlers_of
from app.render import frames
from app.render.decode import REASONS, DecodeClient
from app.render.frames import Renderer, preview_key
from app.render.previews import make_previews
from app.render.tile import grey_tile
from tests import dicomgen
from tests.cast import Cast, make_cast
from tests.decoding import Darkroom, pixels_of

NAMES = ("previews.make", PREVIEWS_AGAIN, "routing.arrived", "device.check")


def test_a_preview_fits_its_box_and_is_kept(darkroom: Darkroom) -> None:
    data = dicomgen.ct_slice(1, rows=600, columns=300)
    location = darkroom.keep(data)[0]
    picture = darkroom.renderer.preview(location)
    assert pixels_of(picture).shape == (256, 128)
    darkroom.blobs.path(location.digest).unlink()
    later = Renderer(darkroom.blobs, darkroom.client, darkroom.cache)
    assert later.preview(location) == picture


def test_a_frame_that_cannot_be_decoded_is_tried_once(darkroom: Darkroom) -> None:
    location = darkroom.keep(dicomgen.cine(1, transfer_syntax=dicomgen.JPEG_LS))[0]
    path = darkroom.blobs.path(location.digest)
    data = bytearray(path.read_bytes())
    offset, length = location.spans[0]
    data[offset : offset + length] = bytes(length)
    path.write_bytes(data)
    with pytest.raises(Unsupported, match="damaged"):
        darkroom.renderer.preview(location)
    path.unlink()
    with pytest.raises(Unsupported, match="damaged"):
        darkroom.renderer.preview(location)


def test_the_job_makes_every_preview_of_a_series_and_passes_over_broken_frames(
    darkroom: Darkroom, sqlite_db: Database
) -> None:
    cast = make_cast(sqlite_db)
    broken = dicomgen.compressed(
        dicomgen.base(number=4), [dicomgen.phantom().astype("u2")], dicomgen.JPEG_LS
    ).replace(b"\xff\xf7\x00\x0b", b"\xff\xf7\x00\x0c")
    for data in (*dicomgen.series(3), broken):
        series_id = arrived(darkroom, sqlite_db, cast, data)
    failed = make_previews(sqlite_db, darkroom.renderer, series_id)
    with sqlite_db.reading() as tx:
        locations = series_frames(tx, SYSTEM, series_id)
    assert len(locations) == 4
    kept = [darkroom.cache.get(location.digest, preview_key(location)) for location in locations]
    assert [picture is not None for picture in kept] == [True, True, True, False]
    assert failed == {locations[3].digest}
    assert make_previews(sqlite_db, darkroom.renderer, series_id) == failed


def test_a_preview_that_failed_is_made_some_minutes_later(
    darkroom: Darkroom, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_FORGET_FAILURES_AFTER", 0.0)  # ten minutes of the machine's own clock
    db, worker = services.db, replace(services, blobs=darkroom.blobs, renderer=darkroom.renderer)
    handlers = handlers_of(worker, Exchange(worker))
    runner = JobRunner(db, {name: handlers.get(name, lambda _: None) for name in NAMES})
    series_id = arrived(darkroom, db, make_cast(db), dicomgen.cine(1, transfer_syntax=dicomgen.JPEG_LS))
    with db.reading() as tx:
        (location,) = series_frames(tx, SYSTEM, series_id)

    def short_of_memory(*_: object) -> None:
        raise Unsupported("undecodable", REASONS["memory"])

    def made() -> bool:
        return darkroom.cache.has(location.digest, preview_key(location))

    with monkeypatch.context() as then:
        then.setattr(darkroom.client, "decode", short_of_memory)
        runner.run_waiting()
    runner.run_waiting()
    assert not made()
    with clock.shifted(timedelta(minutes=16)):
        runner.run_waiting()
    assert made()


def test_the_job_for_a_series_that_is_gone_ends_quietly(darkroom: Darkroom, sqlite_db: Database) -> None:
    make_previews(sqlite_db, darkroom.renderer, "0" * 26)


def arrived(darkroom: Darkroom, db: Database, cast: Cast, data: bytes) -> str:
    """Stores a file as hospital A's machine would; the id of its series."""
    with darkroom.blobs.open_spool() as spool:
        spool.write(data)
        blob = spool.commit()
    with db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "association", "CT01")
        stored = store_instance(tx, cast.ct_a, blob=blob, part10=read_part10(data), source=source)
        return str(tx.session.get_one(Instance, stored.instance_id).series_id)


def test_an_absent_decoder_is_not_taken_for_a_damaged_image(darkroom: Darkroom) -> None:
    location = darkroom.keep(dicomgen.cine(1, transfer_syntax=dicomgen.JPEG_LS))[0]
    alone = Renderer(darkroom.blobs, DecodeClient(darkroom.blobs.path("0" * 64)), darkroom.cache)
    for _ in range(2):
        with pytest.raises(Unavailable):
            alone.preview(location)
    assert darkroom.renderer.preview(location)


def test_the_tile_says_why_there_is_no_picture() -> None:
    tile = pixels_of(grey_tile("The image data is damaged."))
    assert tile.shape == (256, 256)
    assert 40 < tile.mean() < 110
    assert tile.max() > 150
    assert pixels_of(grey_tile("Dữ liệu ảnh bị hỏng. " * 50)).shape == (256, 256)
