"""A rule compresses what lies uncompressed: the pixels stay, the old file goes, and the image sent again is a repetition."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from app.archive.models import Instance, Study
from app.archive.queries import outgoing_of
from app.base.actor import SYSTEM
from app.render.decode import DecodeClient
from app.render.transcode import FrameReader
from app.routing import actions
from app.routing.compressing import HTJ2K_LOSSLESS, JPEG_LS_LOSSLESS, compress_file
from app.routing.delivery_list import deliveries_of
from app.routing.sending import Means, deliver_due
from tests import dicomgen
from tests.app.routing.conftest import Place
from tests.decoding import running_decoder


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecodeClient]:
    with running_decoder(tmp_path_factory.mktemp("decoder"), workers=1) as running:
        client = DecodeClient(running.path)
        yield client
        client.close()


def _rule(place: Place, syntax: str) -> None:
    rule = actions.RuleInput("Nén", "completion", "compress", syntax=syntax)
    with place.db.transaction() as tx:
        actions.create_rule(tx, place.cast.dung, hospital_id=place.cast.a.id, rule=rule)


def _instances(place: Place) -> list[Instance]:
    with place.db.reading() as tx:
        return list(tx.session.scalars(select(Instance).order_by(Instance.number)))


def _values(place: Place, decoder: DecodeClient, study_id: str) -> list[NDArray[Any]]:
    with place.db.reading() as tx:
        files = outgoing_of(tx, SYSTEM, study_id=study_id)
    return [FrameReader(decoder, place.blobs, file).values(1).stored for file in files]


@pytest.mark.parametrize("syntax", [HTJ2K_LOSSLESS, JPEG_LS_LOSSLESS])
def test_the_pixels_stay_and_the_old_files_go(place: Place, decoder: DecodeClient, syntax: str) -> None:
    _rule(place, syntax)
    files = dicomgen.series(3)
    study_id = place.store(files)
    before, old = _values(place, decoder, study_id), {row.digest for row in _instances(place)}
    place.run_jobs()
    deliver_due(Means(place.db, place.blobs, place.means.network, decoder))
    (row,) = place.deliveries()
    assert (row.kind, row.state, row.done, row.total) == ("compress", "delivered", 3, 3)
    assert _unchanged(place) == 0
    rows = _instances(place)
    assert {each.transfer_syntax_uid for each in rows} == {syntax}
    assert all(
        np.array_equal(one, two) for one, two in zip(before, _values(place, decoder, study_id), strict=True)
    )
    assert all(place.blobs.path(digest).exists() for digest in old), "somebody may be reading them"
    place.later(hours=1.1)
    place.run_jobs()
    assert not any(place.blobs.path(digest).exists() for digest in old)
    with place.db.reading() as tx:
        study = tx.session.get_one(Study, study_id)
    assert study.size == sum(each.size for each in rows)
    place.store(files)  # the machine sends again what it once sent
    assert [each.id for each in _instances(place)] == [each.id for each in rows]
    place.run_jobs()
    assert place.deliveries()[0].state == "delivered"


def _unchanged(place: Place) -> int:
    """As the list of deliveries tells it."""
    with place.db.reading() as tx:
        (row,) = deliveries_of(tx, place.cast.dung).deliveries
    return row.unchanged


def test_images_that_stay_as_they_were_are_counted(place: Place, decoder: DecodeClient) -> None:
    _rule(place, HTJ2K_LOSSLESS)
    signed = dicomgen.ct_dataset(2)
    signed.add_new(0x4FFE0001, "SQ", [])
    place.store([dicomgen.ct_slice(1), dicomgen.file(signed)])
    place.run_jobs()
    means = Means(place.db, place.blobs, place.means.network, decoder)
    deliver_due(means)
    assert place.deliveries()[0].done == 2
    assert _unchanged(place) == 1
    with place.db.transaction() as tx:
        actions.resend_delivery(tx, place.cast.dung, delivery_id=place.deliveries()[0].id)
    deliver_due(means)
    assert _unchanged(place) == 2, "the other one is compressed already"


def _compressed(place: Place, decoder: DecodeClient, data: bytes) -> bool:
    study_id = place.store([data])
    with place.db.reading() as tx:
        files = outgoing_of(tx, SYSTEM, study_id=study_id)
    (file,) = (file for file in files if file.digest == hashlib.sha256(data).hexdigest())
    return compress_file(place.db, place.blobs, decoder, file, HTJ2K_LOSSLESS)


def test_signed_lossy_and_encapsulated_files_stay_as_they_came(place: Place, decoder: DecodeClient) -> None:
    signed = dicomgen.ct_dataset(1)
    signed.add_new(0x4FFE0001, "SQ", [])
    assert not _compressed(place, decoder, dicomgen.file(signed))
    assert not _compressed(place, decoder, dicomgen.text_report())
    assert not _compressed(place, decoder, dicomgen.cine())
    assert _compressed(place, decoder, dicomgen.ct_slice(1, study="study-9"))


def test_a_changed_byte_is_not_compressed_into_a_file_that_agrees_with_it(
    place: Place, decoder: DecodeClient
) -> None:
    data = dicomgen.ct_slice(1)
    path = place.blobs.path(hashlib.sha256(data).hexdigest())
    study_id = place.store([data])
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with place.db.reading() as tx:
        (file,) = outgoing_of(tx, SYSTEM, study_id=study_id)
    assert not compress_file(place.db, place.blobs, decoder, file, HTJ2K_LOSSLESS)
    assert place.blobs.doubted() == [path.name]
