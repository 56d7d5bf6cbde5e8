"""Accessibility of a page by axe-core: WCAG 2.2 A and AA."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parent / "vendored" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults_by_axe(page: Page) -> list[str]:
    """What axe finds on the page as it stands, a line a fault: rule, place, words."""
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{fault['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
