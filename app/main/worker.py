"""The worker process: job names to functions, and what is done every so often."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from functools import partial

from huey.consumer import Consumer

from app.annotations.actions import follow_images
from app.archive import old_rows as archive_rows
from app.archive.actions import complete_quiet_studies
from app.archive.deletions import STUDY_DESTROYED
from app.archive.fresh import FreshImages
from app.archive.grants import PERSON_CHANGED
from app.archive.profiles import CHECK, REREAD
from app.archive.regrouping import REGROUPED
from app.archive.rereading import reread_device
from app.archive.retention import classify_new_studies, propose_destruction
from app.archive.set_asides import COMPARE, UNWANTED
from app.archive.storage_use import sample_storage
from app.base import events, limits
from app.base.actor import SYSTEM
from app.base.couriers import Couriers
from app.base.db import Database, Tx
from app.base.jobs import JobHandler, JobQueue, JobRunner, Periodic, enqueue
from app.base.settings import Settings
from app.capture.actions import EXPAND
from app.capture.expand import expand_upload
from app.capture.intake import Intake
from app.dicomweb.metadata import prepare_metadata
from app.edge.services import Services
from app.identity import old_rows as identity_rows
from app.main.destroyed import finish_destroying
from app.main.platform import open_engines
from app.main.reconcile import sweep
from app.main.scrub import verify_doubted, verify_some
from app.main.settling import settle
from app.main.telling import check_and_tell, tell_of_space
from app.notify.actions import drop_old_notices, drop_old_outgoing
from app.notify.outbox import SEND as SEND_OUTGOING
from app.notify.sending import Post, send_due
from app.reading.actions import close_readings
from app.render.previews import make_previews
from app.render.same_image import compare_set_aside
from app.routing.compressing import REMOVE, remove_replaced
from app.routing.deliveries import SEND
from app.routing.fetches import RUN
from app.routing.fetching import fetch_due
from app.routing.firing import ARRIVED, COMPLETED, study_arrived, study_completed
from app.routing.sending import Means, deliver_due
from app.sharing.actions import drop_old_sessions, end_links_of_another_person

log = logging.getLogger(__name__)


class Exchange:
    """Deliveries, fetches and the outbox, on threads of their own: other systems are slow, and the other jobs do not wait."""

    def __init__(self, services: Services) -> None:
        means = Means(services.db, services.blobs, services.network, services.renderer.decoder)
        self.deliveries = Couriers(partial(deliver_due, means), threads=4)
        self.fetches = Couriers(partial(fetch_due, means), threads=2)
        self.outbox = Couriers(partial(send_due, Post(services.db, services.settings)), threads=2)

    def stop(self) -> None:
        """What is under way goes on after the next start."""
        self.deliveries.stop()
        self.fetches.stop()
        self.outbox.stop()


# A name of its own: while it waits, images that arrive are not to wait with it.
PREVIEWS_AGAIN = "previews.again"
_FEW = 500  # parameters of one statement; of more images the whole series is asked for


def _prepare_series(services: Services, fresh: FreshImages, series_id: str) -> None:
    """Pictures and metadata of what has come of a series, so that nobody waits for them."""
    with services.db.reading() as tx:
        images = fresh.take(tx, series_id)
    only = images if len(images) <= _FEW else None
    try:
        failed = make_previews(services.db, services.renderer, series_id, only)
        prepare_metadata(services, series_id, only)
    except BaseException:
        fresh.give_back(series_id, images)
        raise
    if failed:
        with services.db.transaction() as tx:
            for seconds in fresh.put_off(tx, series_id, failed):
                enqueue(tx, PREVIEWS_AGAIN, series_id, delay_seconds=seconds)


def _end_links(db: Database, study_id: str) -> None:
    """The study is of another person: nobody sees it by them any more, and their hospital's list says so."""
    with db.transaction() as tx:
        end_links_of_another_person(tx, SYSTEM, study_id=study_id)


def _follow_images(db: Database, study_id: str) -> None:
    with db.transaction() as tx:
        follow_images(tx, SYSTEM, study_id=study_id)


def handlers_of(services: Services, exchange: Exchange) -> Mapping[str, JobHandler]:
    """Every job of the house and of the parts."""
    prepare_series = partial(_prepare_series, services, FreshImages())
    own: dict[str, JobHandler] = {
        "previews.make": prepare_series,
        PREVIEWS_AGAIN: prepare_series,
        COMPARE: partial(compare_set_aside, services.db, services.blobs, services.renderer),
        PERSON_CHANGED: partial(_end_links, services.db),
        REGROUPED: partial(_follow_images, services.db),
        STUDY_DESTROYED: partial(finish_destroying, services),
        CHECK: partial(check_and_tell, services),
        REREAD: partial(reread_device, services.db, services.blobs),
        ARRIVED: partial(study_arrived, services.db),
        COMPLETED: partial(study_completed, services.db),
        SEND: exchange.deliveries.call,
        SEND_OUTGOING: exchange.outbox.call,
        UNWANTED: partial(remove_replaced, services.db, services.blobs),
        REMOVE: partial(remove_replaced, services.db, services.blobs),
        RUN: exchange.fetches.call,
        EXPAND: partial(expand_upload, services.db, intake_of(services)),
    }
    return own | {name: make(services) for name, make in services.platform.jobs.items()}


def intake_of(services: Services) -> Intake:
    """Where uploaded files go, here for the ZIPs that the web process received."""
    private = services.settings.dicom.accept_private_sop_classes
    decoder, data_dir = services.renderer.decoder, services.settings.data_dir
    return Intake(services.db, services.blobs, data_dir, decoder=decoder, accept_private=private)


def start_periodic(services: Services, runner: JobRunner, queue: JobQueue) -> Periodic:
    """Sweeps and clean-up."""
    periodic = Periodic()

    def each(seconds: float, act: Callable[[Tx], object]) -> None:
        def call() -> None:
            with services.db.transaction() as tx:
                act(tx)

        periodic.every(seconds, call)

    quiet = partial(
        complete_quiet_studies, actor=SYSTEM, after_seconds=services.settings.study.complete_after_seconds
    )
    each(2, quiet)
    each(600, events.drop_old)
    each(600, limits.drop_old)
    each(600, archive_rows.drop_old)
    each(600, identity_rows.drop_old)
    each(3600, partial(drop_old_notices, actor=SYSTEM))
    each(3600, partial(drop_old_outgoing, actor=SYSTEM))
    each(3600, partial(drop_old_sessions, actor=SYSTEM))
    periodic.every(600, intake_of(services).tidy)
    periodic.every(10, partial(runner.sweep, queue.hand_over))
    periodic.every(60, partial(verify_some, services))
    periodic.every(5, partial(verify_doubted, services))
    periodic.every(300, partial(tell_of_space, services))
    each(60, partial(close_readings, actor=SYSTEM))
    each(60, partial(classify_new_studies, actor=SYSTEM))
    each(3600, partial(propose_destruction, actor=SYSTEM))
    each(3600, partial(sample_storage, actor=SYSTEM))
    periodic.every(24 * 3600, partial(sweep, services.db, services.blobs))
    for seconds, act in services.platform.periodic:
        periodic.every(seconds, partial(act, services))
    return periodic


def serve(settings: Settings) -> None:
    """Runs until told to stop; a job cut short is done again after its lease."""
    engines = open_engines(settings)
    queue = JobQueue(settings.data_dir)
    exchange = Exchange(engines.services)
    runner = JobRunner(engines.services.db, handlers_of(engines.services, exchange))
    queue.work_with(runner.run)
    consumer = Consumer(
        queue.huey, workers=2, periodic=False, initial_delay=0.05, max_delay=0.2, check_worker_health=True
    )
    settle()  # a pause of its own would be one of everybody who waits for its transaction
    consumer.start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())  # after Huey, which sets its own
    periodic = start_periodic(engines.services, runner, queue)
    stop.wait()
    exchange.stop()
    periodic.stop()
    consumer.stop(graceful=False)
    engines.close()
