"""The job of a series that arrives goes over each image once, and gathers those that come while it waits."""

from datetime import timedelta

from sqlalchemy import select, update

from app.archive.fresh import FreshImages
from app.archive.models import Instance
from app.base.clock import now, shifted
from app.base.jobs import Job
from tests import dicomgen
from tests.app.archive.conftest import Archive


def test_what_has_been_gone_over_is_not_gone_over_again(archive: Archive) -> None:
    fresh = FreshImages()
    stored = [archive.store(data) for data in dicomgen.series(3)]
    with archive.db.reading() as tx:
        series_id = tx.session.get_one(Instance, stored[0].instance_id).series_id
        first = fresh.take(tx, series_id)
        assert fresh.take(tx, series_id) == {}  # another job that runs meanwhile
    assert len(first) == 3
    archive.store(dicomgen.ct_slice(4))
    with archive.db.reading() as tx:
        images = fresh.take(tx, series_id)
    (new,) = images
    assert new not in first
    fresh.give_back(series_id, images)
    replaced = next(iter(first))
    with archive.db.transaction() as tx:
        tx.session.execute(
            update(Instance).where(Instance.sop_instance_uid == replaced).values(digest="f" * 64)
        )
    with archive.db.reading() as tx:
        assert set(fresh.take(tx, series_id)) == {new, replaced}


def test_the_first_image_is_seen_to_at_once_and_the_next_ones_together(archive: Archive) -> None:
    first, *others = dicomgen.series(4)
    archive.store(first)
    with archive.db.transaction() as tx:
        (job,) = tx.session.scalars(select(Job).where(Job.name == "previews.make"))
        assert job.due_at <= tx.now
        job.done_at = tx.now
    begun = now()
    for data in others:
        archive.store(data)
    with archive.db.reading() as tx:
        waiting = select(Job).where(Job.name == "previews.make", Job.done_at.is_(None))
        (job,) = tx.session.scalars(waiting)
        assert job.due_at >= begun + timedelta(seconds=0.4)


def test_what_failed_is_new_again_some_minutes_later_and_a_few_times_only(archive: Archive) -> None:
    fresh = FreshImages()
    stored = archive.store(dicomgen.ct_slice())

    def taken(minutes: int) -> dict[str, str]:
        with shifted(timedelta(minutes=minutes)), archive.db.reading() as tx:
            return fresh.take(tx, tx.session.get_one(Instance, stored.instance_id).series_id)

    def failed(minutes: int, images: dict[str, str]) -> list[int]:
        """In how many whole minutes something is to be taken."""
        with shifted(timedelta(minutes=minutes)), archive.db.reading() as tx:
            return [int(seconds // 60) for seconds in fresh.put_off(tx, "series", images.values())]

    image = taken(0)
    at = 0
    for wait in (15, 60, 240):
        assert failed(at, image) == [wait]
        assert taken(at + wait - 1) == {}
        at += wait + 1
        assert taken(at) == image
        assert taken(at) == {}  # another job that runs meanwhile
    assert failed(at, image) == []
    assert taken(at + 100_000) == {}


def test_images_that_fail_one_after_the_other_are_looked_at_again_together(archive: Archive) -> None:
    fresh = FreshImages()
    with archive.db.reading() as tx:
        first, second, other = (
            fresh.put_off(tx, series, [digest])
            for series, digest in (("one", "a"), ("one", "b"), ("two", "c"))
        )
    assert (len(first), second, len(other)) == (1, [], 1)
