"""Three hundred workbooks, of which one half must be taken and the other must not: every fault is told at its cell,
and nothing is told that is none."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import openpyxl
import pytest
from django.db import transaction

from renovation.intake.digest import Digest, digest
from renovation.intake.pipelines import Pipeline, Target
from supervision.weekly.intake import WEEKLY
from tests.workbooks.faulty import FAULTY, Faulty
from tests.workbooks.scene import NOW, make_scene, put
from tests.workbooks.sound import SOUND, Sound

#: For the first of them alone: reading asks nothing of the database.
pytestmark = pytest.mark.django_db
#: What the sound workbook says of itself: which week “上周” is.
EARLIER = ("", "W302")


@dataclass(frozen=True)
class Desk:
    """The filled workbook, and a pipeline that knows the ledger without asking the database again."""

    content: bytes
    pipeline: Pipeline
    target: Target

    def read(
        self, spoil: Callable[[Any], None], alters: Callable[[bytes], bytes] | None = None
    ) -> Digest:
        """What reading the spoiled workbook gives."""
        book = openpyxl.load_workbook(io.BytesIO(self.content))
        spoil(book)
        stream = io.BytesIO()
        book.save(stream)
        data = stream.getvalue()
        content = data if alters is None else alters(data)
        return digest(content, "周报.xlsx", self.pipeline, self.target, NOW)


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Desk:
    with django_db_blocker.unblock(), transaction.atomic():
        scene = make_scene()
        codes = [*scene.projects, scene.elsewhere.code]
        context = WEEKLY.context(scene.target, codes, NOW)
        pipeline = replace(WEEKLY, context=lambda *_: context)
        made = Desk(scene.filled(), pipeline, scene.target)
        transaction.set_rollback(True)
    return made


@pytest.fixture(scope="module")
def plain(desk: Desk) -> Mapping[str, Mapping[str, Any]]:
    """What the sound workbook is read as: project → field → value."""
    return values_of(desk.read(lambda book: None))


def values_of(read: Digest) -> dict[str, dict[str, Any]]:
    return {row.key: dict(row.values) for row in read.rows}


def told(read: Digest) -> list[tuple[str, str]]:
    return sorted((fault.cell, fault.code) for fault in read.faults)


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case.name)
def test_a_sound_workbook_is_taken(
    desk: Desk, plain: Mapping[str, Mapping[str, Any]], case: Sound
) -> None:
    read = desk.read(case.spoil)
    assert told(read) == sorted([EARLIER, (case.start, "W304"), *case.notices])
    expected = {code: dict(values) for code, values in plain.items()}
    for (code, name), value in case.reads.items():
        expected[code][name] = value
    for values in expected.values():
        for name in case.lacks:
            values.pop(name, None)
    assert values_of(read) == expected


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.name)
def test_a_fault_is_told_at_its_cell(desk: Desk, case: Faulty) -> None:
    read = desk.read(case.spoil, case.alters)
    assert read.refused == case.refused
    always = [] if case.refused else [EARLIER, *([(case.start, "W304")] if case.start else [])]
    assert told(read) == sorted([*always, *case.told])


def test_a_changed_header_is_told_with_its_cell(desk: Desk) -> None:
    (fault,) = desk.read(put(I4="形象进度", K4="完成情况")).faults
    assert (fault.code, fault.found) == ("W025", "I4“形象进度”、K4“完成情况”")
    assert fault.expected == "本周累计形象进度（%）、本周完成情况"
    assert fault.message == (
        "缺少 2 列：本周累计形象进度（%）、本周完成情况，请用下载的模板填写。"
        "表头里不认识的：I4“形象进度”、K4“完成情况”，如是同一列，请改回原来的写法。"
    )


def test_there_are_a_hundred_and_fifty_of_each() -> None:
    assert (len(SOUND) >= 150, len(FAULTY) >= 150) == (True, True)
    for cases in (SOUND, FAULTY):
        names = [case.name for case in cases]
        assert len(names) == len(set(names))
