"""How tests are dealt to two processes: each once, in order, the long ones one by one."""

from collections import deque
from collections.abc import Iterator
from typing import Any

from tests.dealing import LONG, LONGEST, InTurn, is_long, rank

LONGS = [f"{start}test_{number}" for start in LONGEST for number in range(3)]
BROWSERS = [f"tests/face/test_in_browser.py::test_{number}[chromium]" for number in range(5)]
QUICK = [f"tests/test_quick.py::test_{number}" for number in range(400)]
AFTER = [f"tests/test_names.py::test_{number}" for number in range(100)]
ALL = QUICK + LONGS + BROWSERS + AFTER


class _Config:
    """Two processes, and nothing else said."""

    def getvalue(self, name: str) -> list[str]:
        assert name == "tx"
        return ["2*popen"]

    def getoption(self, name: str) -> None:
        assert name == "maxschedchunk"


class _Process:
    """Runs what it is dealt, a test once it knows the next, as a process of xdist does."""

    def __init__(self) -> None:
        self.gateway = self
        self.id = "a process"
        self.shutting_down = False
        self.waiting: deque[int] = deque()
        self.deals: list[list[int]] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.waiting += indices
        self.deals.append(list(indices))

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def is_ready(self) -> bool:
        return len(self.waiting) > 1 or (self.shutting_down and bool(self.waiting))


def _run(tests: list[str]) -> tuple[list[_Process], Iterator[tuple[int, str]]]:
    """Deal and run: (which process, test) as each ends; a long test takes as long as a hundred others."""
    scheduler: Any = InTurn(_Config())
    processes = [_Process(), _Process()]
    for process in processes:
        scheduler.add_node(process)
    for process in processes:
        scheduler.add_node_collection(process, tests)
    scheduler.schedule()

    def ends() -> Iterator[tuple[int, str]]:
        clocks = [0, 0]
        while ready := [number for number, each in enumerate(processes) if each.is_ready]:
            number = min(ready, key=lambda each: clocks[each])
            index = processes[number].waiting.popleft()
            clocks[number] += 100 if is_long(tests[index]) else 1
            scheduler.mark_test_complete(processes[number], index, 0.01)
            yield number, tests[index]

    return processes, ends()


def test_each_test_is_run_once_and_in_order() -> None:
    _, ends = _run(ALL)
    ran = list(ends)
    assert sorted(test for _, test in ran) == sorted(ALL)
    for process in (0, 1):
        places = [ALL.index(test) for number, test in ran if number == process]
        assert places == sorted(places)


def test_long_tests_are_shared_to_the_last() -> None:
    _, ends = _run(ALL)
    long = [number for number, test in ends if is_long(test)]
    assert len(long) == 3 * len(LONGEST) + 5
    assert abs(long.count(0) - long.count(1)) <= 1


def test_a_long_test_is_dealt_alone_and_others_many_at_a_time() -> None:
    processes, ends = _run(ALL)
    list(ends)
    deals = [[ALL[index] for index in deal] for process in processes for deal in process.deals]
    assert max(len(deal) for deal in deals if any(map(is_long, deal))) == 1
    assert max(map(len, deals)) > 50


def test_few_tests_are_dealt_too() -> None:
    for tests in ([], LONGS[:1], LONGS[:3], QUICK[:3], [*QUICK[:5], LONGS[0]]):
        _, ends = _run(tests)
        assert sorted(test for _, test in ends) == sorted(tests)


def test_the_longest_come_first_then_the_long_ones() -> None:
    assert [rank(f"{start}test") for start in LONGEST] == list(range(len(LONGEST)))
    assert {rank(f"tests/a/test_b{part}test_c") for part in LONG} == {len(LONGEST)}
    assert rank(QUICK[0]) == len(LONGEST) + 1
    assert [is_long(test) for test in (LONGS[0], BROWSERS[0], QUICK[0])] == [True, True, False]


def test_what_is_named_as_long_is_there(request: Any) -> None:
    for start in LONGEST:
        assert (request.config.rootpath / start.removesuffix("::")).is_file(), start
