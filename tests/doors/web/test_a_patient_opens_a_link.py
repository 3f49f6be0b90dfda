"""From the doctor's form to the patient's telephone and back: with and without scripts, and never a trace of the token."""

import io
import logging
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app.edge.services import Services
from app.reporting.actions import create_report
from app.web import patient
from tests.dicomgen import ct_slice, pdf_document
from tests.factories import Browser, form_token, make_app
from tests.website import Website

ADDRESS = re.compile(r"https?://[^/]+(/r/[\w-]+)")
DIGITS = re.compile(r'paper-digits">(\d{4}) (\d{4})<')


@dataclass(frozen=True)
class Paper:
    """What the doctor hands over."""

    path: str
    code: str
    text: str

    @property
    def token(self) -> str:
        return self.path.removeprefix("/r/")


def make_link(doctor: Browser, study_id: str, **form: str) -> Paper:
    made = doctor.post(
        f"/studies/{study_id}/links",
        {"factor": "birth-date", "text": "Không sao.\nHẹn khám lại.", "days": "30", **form},
    )
    assert made.status_code == 303
    page = doctor.get(made.location)
    assert page.status_code == 200
    found = ADDRESS.search(page.text)
    assert found
    digits = DIGITS.search(page.text)
    return Paper(found.group(1), "".join(digits.groups()) if digits else "", page.text)


@dataclass
class Phone:
    """A browser nobody is signed in at."""

    browser: Browser

    def ask(self, path: str) -> TestResponse:
        return self.browser.get(path)

    def answer(self, path: str, given: str) -> TestResponse:
        form = {"answer": given, "csrf_token": form_token(self.ask(path))}
        return self.browser.client.post(path, data=form, headers={"Accept": "text/html"})


@pytest.fixture
def study_id(site: Website) -> str:
    return site.ct(site.cast.ct_a, "BN1", 3, PatientBirthDate="19620511", patient_name="LÊ^THỊ SEN")


@pytest.fixture
def alice(site: Website) -> Browser:
    return site.signed_in(site.cast.alice)


@pytest.fixture
def phone(site: Website) -> Phone:
    return Phone(Browser(site.app.test_client(), "", ""))


def test_the_patient_reads_the_text_and_sees_the_images_without_scripts(
    alice: Browser, phone: Phone, study_id: str, site: Website
) -> None:
    paper = make_link(alice, study_id)
    question = phone.ask(paper.path)
    assert question.status_code == 200
    assert site.cast.a.name in question.text
    assert "SEN" not in question.text
    right = phone.answer(paper.path, "11/05/1962")
    assert (right.status_code, right.location) == (303, "/result")
    result = phone.ask("/result")
    assert "LÊ THỊ SEN" in result.text
    assert "Không sao.\nHẹn khám lại." in result.text
    assert paper.token not in result.text
    picture = phone.ask("/result/1/2.jpg")
    assert Image.open(io.BytesIO(picture.data)).format == "JPEG"
    page = phone.ask("/result/1/2").text
    assert all(f'href="/result/1/{n}"' in page for n in (1, 3))
    assert '<script type="module"' not in page


def test_with_scripts_the_viewer_shows_that_study(
    alice: Browser, phone: Phone, study_id: str, site: Website
) -> None:
    other = site.ct(site.cast.ct_a, "BN2")
    paper = make_link(alice, study_id)
    phone.answer(paper.path, "11051962")
    page = phone.ask("/result/viewer").text
    found = re.search(r'"key": "([^"]+)"', page)
    assert found
    assert '"annotations"' not in page
    first, foreign = (
        site.instance_ids(site.cast.alice, study_id)[0],
        site.instance_ids(site.cast.alice, other)[0],
    )
    assert phone.browser.get_json(f"/stream/{found.group(1)}/rendered/{first}/1").status_code == 200
    assert phone.browser.get_json(f"/stream/{found.group(1)}/rendered/{foreign}/1").status_code == 404
    for path in (
        f"/studies/{study_id}",
        "/studies",
        "/uploads",
        "/links",
        f"/studies/{study_id}/annotations",
    ):
        assert phone.browser.get_json(path).status_code in {401, 404}


def test_a_paper_of_the_study_opens_by_the_link_and_ends_with_it(
    alice: Browser, phone: Phone, site: Website
) -> None:
    study_id = site.store(site.cast.ct_a, [ct_slice(), pdf_document(b"%PDF-1.4\n%%EOF\n")])
    phone.answer(make_link(alice, study_id).path, "28/05/1971")
    address = re.search(r"/stream/[^\"]+/document/\w{26}", phone.ask("/result").text)
    assert address
    paper = phone.ask(address.group())
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    instance = address.group().rsplit("/", 1)[1]
    assert phone.ask(address.group().replace("/document/", "/tags/")).status_code == 303
    phone.browser.client.post("/result/close", data={"csrf_token": form_token(phone.ask("/result"))})
    assert phone.ask(address.group()).status_code == 303
    assert (
        Phone(site.signed_in(site.cast.bob)).ask(f"/studies/{study_id}/files/{instance}").status_code == 404
    )


def test_a_doctor_may_try_the_link_in_the_same_browser(alice: Browser, study_id: str, site: Website) -> None:
    paper = make_link(alice, study_id)
    assert alice.post(paper.path, {"answer": "11/05/1962"}).status_code == 303
    key = re.search(r'"key": "([^"]+)"', alice.get("/result/viewer").text)
    assert key
    assert alice.get_json(f"/stream/{key.group(1)}/manifest").status_code == 200


def test_a_code_is_printed_where_nothing_is_known(alice: Browser, phone: Phone, site: Website) -> None:
    nameless = site.ct(site.cast.ct_a, "BN3", PatientBirthDate="")
    paper = make_link(alice, nameless, factor="code")
    assert len(paper.code) == 8
    assert phone.answer(paper.path, f"{paper.code[:4]} {paper.code[4:]}").status_code == 303


def test_wrong_answers_are_counted_down_and_lock(alice: Browser, phone: Phone, study_id: str) -> None:
    paper = make_link(alice, study_id)
    for left in (4, 3, 2, 1):
        wrong = phone.answer(paper.path, "12/05/1962")
        assert wrong.status_code == 403
        assert str(left) in wrong.text
    assert phone.answer(paper.path, "31/31/1962").status_code == 400
    phone.answer(paper.path, "12/05/1962")
    locked = phone.answer(paper.path, "11/05/1962")
    assert locked.status_code == 403
    assert 'name="answer"' not in locked.text
    assert phone.ask("/result").status_code == 401


def test_taken_back_closes_the_open_telephone_at_once(alice: Browser, phone: Phone, study_id: str) -> None:
    paper = make_link(alice, study_id)
    phone.answer(paper.path, "11/05/1962")
    key = re.search(r'"key": "([^"]+)"', phone.ask("/result/viewer").text)
    link = re.search(r'href="/links/(\w{26})"', alice.get("/links").text)
    assert key
    assert link
    assert alice.post(f"/links/{link.group(1)}/revoke").status_code == 303
    assert phone.ask("/result").status_code == 401
    assert phone.ask("/result/1/1").status_code == 401
    assert phone.browser.get_json("/result/1/1.jpg").status_code == 404
    assert phone.browser.get_json(f"/stream/{key.group(1)}/manifest").status_code in {401, 404}
    assert phone.ask(paper.path).status_code == 404


def test_never_made_and_taken_back_answer_alike(alice: Browser, phone: Phone, study_id: str) -> None:
    paper = make_link(alice, study_id)
    link = re.search(r'href="/links/(\w{26})"', alice.get("/links").text)
    assert link
    alice.post(f"/links/{link.group(1)}/revoke")
    gone, never = phone.ask(paper.path), phone.ask("/r/" + "A" * 22)
    assert (gone.status_code, never.status_code) == (404, 404)

    def plain(page: TestResponse) -> str:
        return re.sub(r'content="[^"]+"|value="[^"]*"', "", page.text)

    assert plain(gone) == plain(never)


def test_guessing_addresses_is_slowed_down(phone: Phone) -> None:
    statuses = {phone.ask(f"/r/{number:022}").status_code for number in range(70)}
    assert statuses == {404, 429}


def test_every_opening_is_listed_for_the_hospital_alone(
    alice: Browser, phone: Phone, study_id: str, site: Website
) -> None:
    paper = make_link(alice, study_id)
    phone.answer(paper.path, "12/05/1962")
    phone.answer(paper.path, "11/05/1962")
    link = re.search(r'href="/links/(\w{26})"', alice.get("/links").text)
    assert link
    page = alice.get(f"/links/{link.group(1)}").text
    assert "Wrong answer" in page
    assert "127.0.0.1" in page
    assert "Werkzeug" in page
    for stranger in (site.cast.bob, site.cast.chi):
        other = site.signed_in(stranger)
        assert other.get(f"/links/{link.group(1)}").status_code == 404
        assert other.get(f"/links/{link.group(1)}/paper").status_code == 404
        assert other.post(f"/links/{link.group(1)}/revoke").status_code == 404
        assert other.get(f"/studies/{study_id}/links").status_code == 404
        assert "No links yet" in other.get("/links").text


def test_no_log_line_and_no_referrer_carries_the_token(
    alice: Browser, phone: Phone, study_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    paper = make_link(alice, study_id)
    answers = [
        phone.ask(paper.path),
        phone.answer(paper.path, "12/05/1962"),
        phone.answer(paper.path, "11/05/1962"),
    ]
    answers += [phone.ask("/result"), phone.ask("/result/1/1"), phone.ask(f"/r/{paper.token}x")]
    assert caplog.records
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert paper.token not in unquote(logged)
    for answer in answers:
        assert answer.headers["Referrer-Policy"] in {"strict-origin", "no-referrer"}
        assert paper.token not in answer.headers.get("Location", "")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_paper_is_shown_once_and_only_to_its_maker(alice: Browser, study_id: str, site: Website) -> None:
    paper = make_link(alice, study_id)
    assert "data:image/svg+xml" in paper.text
    link = re.search(r'href="/links/(\w{26})"', alice.get("/links").text)
    assert link
    dao = site.signed_in(site.cast.dao).get(f"/links/{link.group(1)}/paper").text
    assert paper.token not in dao
    assert "cannot be shown any more" in dao


def test_the_text_begins_with_the_conclusion(alice: Browser, study_id: str, site: Website) -> None:
    with site.services.db.transaction() as tx:
        create_report(tx, site.cast.alice, study_ids=[study_id], conclusion="Xẹp thùy dưới phổi phải.")
    assert "Xẹp thùy dưới phổi phải.</textarea>" in alice.get(f"/studies/{study_id}/links").text


def test_closing_forgets_the_visit(alice: Browser, phone: Phone, study_id: str) -> None:
    paper = make_link(alice, study_id)
    phone.answer(paper.path, "11/05/1962")
    token = form_token(phone.ask("/result"))
    closed = phone.browser.client.post("/result/close", data={"csrf_token": token})
    assert closed.status_code == 200
    assert closed.headers["Clear-Site-Data"] == '"cache"'
    assert phone.ask("/result").status_code == 401


def test_a_cookie_of_tls_is_taken_away_by_one_that_browsers_heed(services: Services) -> None:
    web = services.settings.web.model_copy(update={"public_url": "https://hoichan.example"})
    secure = replace(services, settings=services.settings.model_copy(update={"web": web}))
    client = make_app(secure, patient.blueprint(secure)).test_client()
    page = client.get("/result", base_url="https://hoichan.example", headers={"Accept": "text/html"})
    closed = client.post(
        "/result/close", base_url="https://hoichan.example", data={"csrf_token": form_token(page)}
    )
    gone = next(one for one in closed.headers.getlist("Set-Cookie") if one.startswith("__Host-hoichan-link="))
    assert {"Secure", "Path=/", "Max-Age=0"} <= set(gone.split("; "))


def test_a_technician_may_not_make_links(site: Website, study_id: str) -> None:
    tam = site.signed_in(site.cast.tam)
    assert tam.get(f"/studies/{study_id}/links").status_code == 403
    assert f"/studies/{study_id}/links" not in tam.get("/studies").text
