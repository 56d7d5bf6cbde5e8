"""Accessibility of a page by axe-core: WCAG 2.2 A and AA."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parent / "vendored" / "axe" / "axe.min.js"
ALL = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: What a page that is sound at one width can still break at another: what is shown, how large, in what order. The
#: other rules, contrast among them, ask the same elements the same again and take most of the time.
OF_THE_WIDTH = {
    "type": "rule",
    "values": [
        "aria-hidden-focus",
        "empty-heading",
        "empty-table-header",
        "heading-order",
        "landmark-one-main",
        "page-has-heading-one",
        "scrollable-region-focusable",
        "target-size",
    ],
}


def faults_by_axe(page: Page, rules: dict[str, Any] = ALL) -> list[str]:
    """What axe finds on the page as it stands, a line a fault: rule, place, words."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("runOnly => axe.run(document, {runOnly})", rules)
    return [
        f"{fault['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
