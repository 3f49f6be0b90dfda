"""The platform runs once for all journeys; every module has windows of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys import browser as chromes
from tests.journeys.windows import Windows
from tests.running import Running, running


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with chromes.browser(chromium) as found:
        yield found


@pytest.fixture(scope="session")
def hoichan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """With the demonstration, and studies that are complete after 3 s instead of 60."""
    folder = tmp_path_factory.mktemp("hoichan")
    with running(folder, HOICHAN_STUDY__COMPLETE_AFTER_SECONDS="3") as found:
        yield found


@pytest.fixture(scope="module")
def windows(browser: Browser, hoichan: Running) -> Iterator[Windows]:
    """Nothing may be left in the consoles of these windows that a test has not expected."""
    found = Windows(browser, hoichan)
    yield found
    found.close()
    assert not found.problems, "\n".join(found.problems)
