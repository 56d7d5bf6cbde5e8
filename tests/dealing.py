"""How the tests are dealt to the processes of ``pytest -n``, so that none waits for another at the end.

Transactional tests stand behind the others: they leave an empty database, without what migrations plant. The longest
tests are among them, and only quick ones that need no database come after. xdist's ``load`` deals a quarter of what is
left at a time: all of the long ones to one process, while the other had soon nothing left. What is long is therefore
begun first within its kind and dealt one by one; the rest is dealt as ``load`` does, in order, so that what a module
makes once is made once. (``worksteal`` would take from the end and come back to tests that need what is planted.)
"""

from xdist.scheduler import LoadScheduling
from xdist.workermanage import WorkerController

#: Tests that take as long as hundreds of others, the longest first.
LONGEST = (
    "tests/browser/test_every_page.py::",
    "tests/journeys/year/test_year.py::",
    "tests/journeys/test_four_weeks.py::",
    "tests/reports/demo/test_days.py::",
)
#: What names tests that take seconds each: they drive a browser, or several connections wait for each other.
LONG = ("[chromium", "races.py::")


def rank(nodeid: str) -> int:
    """How early a test begins within its kind: the longest in their order, the long ones, the others."""
    for number, start in enumerate(LONGEST):
        if nodeid.startswith(start):
            return number
    return len(LONGEST) + (not any(part in nodeid for part in LONG))


def is_long(nodeid: str) -> bool:
    """Whether a test is dealt by itself."""
    return rank(nodeid) <= len(LONGEST)


class InTurn(LoadScheduling):
    """xdist's ``load``, with long tests dealt one by one."""

    def _send_tests(self, node: WorkerController, num: int) -> None:
        """Deal at most ``num`` tests: others as far as the next long one, a long one to who has but one test left.

        A process begins a test once it knows the next, so it is never left with fewer than two.
        """
        assert self.collection is not None
        until = next(
            (
                place
                for place, test in enumerate(self.pending[:num])
                if is_long(self.collection[test])
            ),
            num,
        )
        super()._send_tests(node, min(num, max(until, 2 - len(self.node2pending[node]))))
