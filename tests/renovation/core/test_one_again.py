"""What is equal is not made again, asked for one value at a time."""

from __future__ import annotations

from renovation.core.unchanged import OneAgain


def test_one_value_is_made_again_of_what_is_other_alone() -> None:
    made: list[tuple[int, ...]] = []

    def make(given: tuple[int, ...]) -> int:
        made.append(given)
        return sum(given)

    again: OneAgain[tuple[int, ...], int] = OneAgain(2)
    assert [again("a", (1, 2), make), again("a", (1, 2), make), again("b", (1, 2), make)] == [3] * 3
    assert made == [(1, 2), (1, 2)]
    assert again("a", (1, 3), make) == 4
    assert again("c", (5,), make) == 5  # "b" was asked for longest ago
    assert again("a", (1, 3), make) == 4
    assert made[2:] == [(1, 3), (5,)]
    assert again("b", (1, 2), make) == 3
    assert len(made) == 5
