"""axe-core asked about a page: what keeps somebody with a keyboard, a screen reader or weak sight out of it."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_SCRIPT = Path(__file__).parents[2] / "viewer_js" / "node_modules" / "axe-core" / "axe.min.js"
# Of frames it looks at none: a browser's own PDF reader is not ours.
_RUN = """async () => (await axe.run(document, {resultTypes: ['violations'], iframes: false})).violations
  .filter((found) => ['serious', 'critical'].includes(found.impact))
  .flatMap((found) => found.nodes.map((node) => `${found.id} ${node.target.join(' ')}: ${
    node.any.concat(node.all, node.none).map((check) => check.message).join('; ').slice(0, 240)}`))"""


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """Everything axe calls serious or critical on the page as it stands now: rule, element and reason."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_script())  # through the debugger, which no content security policy stops
    found: list[Any] = page.evaluate(_RUN)
    return [f"axe: {problem}" for problem in found]
