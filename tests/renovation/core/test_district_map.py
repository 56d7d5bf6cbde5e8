"""The drawing of a district: what lies where, to scale, readable without colour, nothing from outside."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

from renovation.core.district_map import HEIGHT, WIDTH, Area, Point, Site, district_map

SVG = "{http://www.w3.org/2000/svg}"


def point(latitude: str, longitude: str) -> Point:
    return Decimal(latitude), Decimal(longitude)


def drawn(*areas: Area) -> ET.Element:
    return ET.fromstring(district_map(title="位置示意图", areas=areas))  # noqa: S314


def centres(root: ET.Element) -> dict[str, tuple[float, float]]:
    """Where each place stands, by the name in its tooltip (discs only)."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        title, disc = group.find(f"{SVG}title"), group.find(f"{SVG}circle")
        if title is not None and disc is not None:
            name = str(title.text).split("：")[0]
            found[name] = (float(disc.attrib["cx"]), float(disc.attrib["cy"]))
    return found


def texts(root: ET.Element) -> list[str]:
    return [str(each.text) for each in root.iter(f"{SVG}text")]


SQUARE = Area(
    "般阳路街道",
    [
        Site("西南", point("36.60", "117.90"), "disc", "正常"),
        Site("东南", point("36.60", "117.95"), "disc", "正常"),
        Site("西北", point("36.64", "117.90"), "disc", "正常"),
    ],
)


def test_nothing_to_draw_is_no_drawing() -> None:
    assert district_map(title="空", areas=[]) == ""
    assert district_map(title="空", areas=[Area("般阳路街道", [])]) == ""


def test_links_are_no_part_of_a_picture() -> None:
    site = Site("西南", point("36.60", "117.90"), "disc", "正常", href="/projects/ZC2025-01/")
    root = drawn(Area("般阳路街道", [site]))
    assert root.get("role") == "group"
    assert root.get("aria-label") == "位置示意图：共 1 处。般阳路街道 1 处"
    assert {link.get("href") for link in root.iter(f"{SVG}a")} == {"/projects/ZC2025-01/"}


def test_north_is_up_and_distances_are_to_scale() -> None:
    found = centres(drawn(SQUARE))
    southwest, southeast, northwest = (found[name] for name in ("西南", "东南", "西北"))
    assert northwest[1] < southwest[1]
    assert southeast[0] > southwest[0]
    assert southwest[1] == southeast[1]
    # 0.05° of longitude at 36.62° north is as long as 0.05° × cos(36.62°) of latitude.
    broad, tall = southeast[0] - southwest[0], southwest[1] - northwest[1]
    expected = 0.05 * math.cos(math.radians(36.62)) / 0.04
    assert round(broad / tall, 2) == round(expected, 2)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    root = drawn(SQUARE)
    (words,) = [each for each in texts(root) if "公里" in each]
    found = centres(root)
    pixels_a_km = (found["西南"][1] - found["西北"][1]) / (0.04 * 111.32)
    bar = next(
        float(each.attrib["x2"]) - float(each.attrib["x1"])
        for each in root.iter(f"{SVG}line")
        if each.attrib["y1"] == each.attrib["y2"]
    )
    assert abs(bar - float(words.split()[0]) * pixels_a_km) < 0.2
    assert "北" in texts(root)


def test_everything_stays_on_the_sheet() -> None:
    for each in centres(drawn(SQUARE)).values():
        assert 0 < each[0] < WIDTH
        assert 0 < each[1] < HEIGHT - 48
    alone = drawn(Area("钟楼街道", [Site("独一处", point("36.6", "117.9"), "disc", "正常")]))
    assert centres(alone)["独一处"] == (WIDTH / 2, (HEIGHT - 48) / 2)


def test_names_cover_nothing_and_one_without_room_is_left_to_its_tooltip() -> None:
    crowd = [
        Site(f"第{n}小区同名很长的一个小区", point("36.6000", f"117.90{n:02}"), "disc", "正常")
        for n in range(12)
    ]
    far = Site("远处", point("36.70", "118.10"), "disc", "正常")
    root = drawn(Area("般阳路街道", [*crowd, far]))
    shown = [each for each in texts(root) if each.startswith("第")]
    assert len(set(shown)) < 12
    titles = [str(each.text) for each in root.iter(f"{SVG}title")]
    assert len(titles) == 13
    assert "远处" in texts(root)


def test_a_light_is_a_shape_and_a_word() -> None:
    root = drawn(
        Area(
            "钟楼街道",
            [
                Site("甲", point("36.60", "117.90"), "square", "严重滞后", href="/projects/A/"),
                Site("乙", point("36.61", "117.92"), "triangle", "滞后"),
                Site("丙", point("36.62", "117.91"), "ring", "未到开工"),
            ],
        )
    )
    assert {str(each.text) for each in root.iter(f"{SVG}title")} == {
        "甲：严重滞后",
        "乙：滞后",
        "丙：未到开工",
    }
    links = {each.attrib["href"] for each in root.iter(f"{SVG}a")}
    assert links == {"/projects/A/"}
    assert root.attrib["aria-label"] == "位置示意图：共 3 处。钟楼街道 3 处"


def test_an_outline_is_drawn_where_there_is_one_and_names_are_escaped() -> None:
    corners = [point("36.60", "117.90"), point("36.61", "117.90"), point("36.61", "117.91")]
    site = Site("<b>", point("36.605", "117.905"), "disc", "正常", outline=corners)
    drawing = district_map(title="图", areas=[Area("甲&乙", [site])])
    assert drawing.count('fill-opacity="0.14"') == 1
    assert "<b>" not in drawing
    assert "&lt;b&gt;" in drawing
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|style=|<style|<image", drawing)
