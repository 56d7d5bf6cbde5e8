"""What people read names their own bureau's rules or the state's, never the practice of another city."""

from __future__ import annotations

import re

import pytest

from tests.architecture.texts import texts

#: Cities and districts whose papers the founders read, and the form in which such a paper is cited.
_ELSEWHERE = re.compile(
    r"崇川|黄石|银川|苏州|南通|杭州|宁波|济南|青岛"
    r"|[\u4e00-\u9fff]{2,3}[市区县](?:答复|动员会|发改委|经验|做法)"
)


def test_no_text_cites_another_city() -> None:
    assert {
        path: found for path, text in texts().items() if (found := _ELSEWHERE.findall(text))
    } == {}


@pytest.mark.parametrize("text", ["黄石市答复：五节点公示", "某某区动员会", "崇川区2022"])
def test_such_a_citation_is_found(text: str) -> None:
    assert _ELSEWHERE.search(text) is not None
