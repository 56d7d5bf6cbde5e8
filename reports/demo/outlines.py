"""The projects of the demo: names, estates and quantities, before anything happens to them.

2025: the official totals of the three streets (淄川区住建局《做好区人大常委会2025年老旧小区改造专项工作评议的
工作方案》: 14 projects, 2404 households, 24.18 万㎡), split into projects that add up to 0.01 ㎡. How they are
split, and every later year, is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from projects.ledger.enums import RenovationType

BANYANG, SONGLING, ZHONGLOU = "banyanglu", "songlinglu", "zhonglou"

#: Street → (projects, households, ㎡) as the document of 2025 gives them.
OFFICIAL_2025: dict[str, tuple[int, int, Decimal]] = {
    BANYANG: (5, 841, Decimal("92200.00")),
    SONGLING: (7, 927, Decimal("86600.00")),
    ZHONGLOU: (2, 636, Decimal("63000.00")),
}
OFFICIAL_LATER: dict[str, tuple[int, int, Decimal]] = {
    BANYANG: (5, 756, Decimal("76800.00")),
    SONGLING: (6, 892, Decimal("83500.00")),
    ZHONGLOU: (3, 588, Decimal("59700.00")),
}


@dataclass(frozen=True)
class EstateOutline:
    name: str
    community: str
    address: str
    year_built: int
    buildings: int
    households: int
    area_sqm: Decimal


@dataclass(frozen=True)
class Outline:
    """A project: its street, its estates, the type of renovation and the planned investment in 万元."""

    name: str
    street: str
    type: RenovationType
    investment: int
    estates: tuple[EstateOutline, ...]

    @property
    def area_sqm(self) -> Decimal:
        return sum((estate.area_sqm for estate in self.estates), Decimal(0))

    @property
    def households(self) -> int:
        return sum(estate.households for estate in self.estates)

    @property
    def buildings(self) -> int:
        return sum(estate.buildings for estate in self.estates)


def _one(
    name: str,
    street: str,
    kind: RenovationType,
    investment: int,
    community: str,
    address: str,
    year_built: int,
    buildings: int,
    households: int,
    area: str,
    *,
    parts: tuple[str, str] | None = None,
) -> Outline:
    """A project of one estate, or of two (``parts``) that share its quantities."""
    whole = EstateOutline(
        name, community, address, year_built, buildings, households, Decimal(area)
    )
    if parts is None:
        return Outline(name, street, kind, investment, (whole,))
    half = buildings // 2 + buildings % 2
    share = households * half // buildings
    first = replace(
        whole,
        name=parts[0],
        buildings=half,
        households=share,
        area_sqm=(whole.area_sqm * share / households).quantize(Decimal("0.01")),
    )
    second = replace(
        whole,
        name=parts[1],
        buildings=buildings - half,
        households=households - share,
        area_sqm=whole.area_sqm - first.area_sqm,
        year_built=year_built + 2,
    )
    return Outline(name, street, kind, investment, (first, second))


T = RenovationType

OUTLINES_2025: tuple[Outline, ...] = (
    _one(
        "文昌园小区",
        BANYANG,
        T.INTEGRATED,
        693,
        "文昌社区",
        "文昌路 12 号",
        1994,
        6,
        212,
        "23108.46",
    ),
    _one(
        "般阳新村北区",
        BANYANG,
        T.FUNCTION,
        612,
        "般阳社区",
        "般阳路 86 号",
        1991,
        6,
        186,
        "20391.20",
        parts=("般阳新村北区", "般阳新村北区附院"),
    ),
    _one("齐纺一宿舍", BANYANG, T.BASIC, 534, "城中社区", "通济街 31 号", 1987, 5, 164, "17826.35"),
    _one(
        "留仙苑小区",
        BANYANG,
        T.ENVIRONMENT,
        516,
        "留仙社区",
        "留仙湖路 5 号",
        1998,
        4,
        158,
        "17169.64",
    ),
    _one("东关里小区", BANYANG, T.BASIC, 411, "东关社区", "东关街 18 号", 1989, 4, 121, "13704.35"),
    _one(
        "柳泉小区",
        SONGLING,
        T.INTEGRATED,
        468,
        "柳泉社区",
        "柳泉路 40 号",
        1996,
        5,
        168,
        "15612.38",
    ),
    _one(
        "建材一宿舍", SONGLING, T.BASIC, 432, "松龄社区", "松龄西路 77 号", 1986, 5, 152, "14387.60"
    ),
    _one(
        "聚贤里小区", SONGLING, T.FUNCTION, 387, "聚贤社区", "聚贤街 9 号", 1997, 4, 141, "12933.75"
    ),
    _one(
        "机床厂生活区",
        SONGLING,
        T.BASIC,
        390,
        "松龄社区",
        "松龄东路 102 号",
        1984,
        4,
        136,
        "12968.42",
    ),
    _one(
        "松龄东苑",
        SONGLING,
        T.ENVIRONMENT,
        348,
        "聚贤社区",
        "松龄东路 15 号",
        1999,
        3,
        124,
        "11624.90",
    ),
    _one(
        "青云小区", SONGLING, T.FUNCTION, 315, "青云社区", "青云路 6 号", 1995, 3, 112, "10489.15"
    ),
    _one("育才巷小区", SONGLING, T.BASIC, 258, "柳泉社区", "育才巷 3 号", 1990, 3, 94, "8583.80"),
    _one(
        "钟楼西里",
        ZHONGLOU,
        T.INTEGRATED,
        1020,
        "钟楼社区",
        "钟楼西街 22 号",
        1993,
        9,
        342,
        "34021.70",
        parts=("钟楼西里南院", "钟楼西里北院"),
    ),
    _one("昆仑巷小区", ZHONGLOU, T.BASIC, 870, "昆仑社区", "昆仑巷 1 号", 1988, 7, 294, "28978.30"),
)

_LATER: tuple[Outline, ...] = (
    _one(
        "城中花园", BANYANG, T.INTEGRATED, 612, "城中社区", "通济街 56 号", 1997, 6, 198, "20312.40"
    ),
    _one(
        "般阳新村南区",
        BANYANG,
        T.FUNCTION,
        528,
        "般阳社区",
        "般阳路 90 号",
        1992,
        5,
        172,
        "17640.85",
    ),
    _one("将军苑小区", BANYANG, T.BASIC, 450, "文昌社区", "将军路 28 号", 1995, 4, 151, "15028.30"),
    _one("棉纺二宿舍", BANYANG, T.BASIC, 402, "东关社区", "东关街 44 号", 1985, 4, 133, "13409.95"),
    _one(
        "西关里小区",
        BANYANG,
        T.ENVIRONMENT,
        312,
        "留仙社区",
        "西关街 7 号",
        1990,
        3,
        102,
        "10408.50",
    ),
    _one(
        "松龄西苑",
        SONGLING,
        T.INTEGRATED,
        516,
        "松龄社区",
        "松龄西路 19 号",
        1998,
        5,
        186,
        "17208.64",
    ),
    _one(
        "陶瓷厂生活区", SONGLING, T.BASIC, 474, "青云社区", "青云路 31 号", 1983, 5, 168, "15731.20"
    ),
    _one(
        "聚福里小区",
        SONGLING,
        T.FUNCTION,
        450,
        "聚贤社区",
        "聚贤街 35 号",
        1996,
        4,
        158,
        "14986.72",
    ),
    _one("仲明巷小区", SONGLING, T.BASIC, 396, "柳泉社区", "仲明巷 8 号", 1989, 4, 142, "13190.40"),
    _one(
        "双山里小区",
        SONGLING,
        T.ENVIRONMENT,
        354,
        "聚贤社区",
        "双山路 11 号",
        1999,
        4,
        126,
        "11864.34",
    ),
    _one(
        "建陶三宿舍", SONGLING, T.BASIC, 318, "松龄社区", "松龄东路 63 号", 1987, 3, 112, "10518.70"
    ),
    _one(
        "钟楼东里",
        ZHONGLOU,
        T.INTEGRATED,
        750,
        "钟楼社区",
        "钟楼东街 10 号",
        1994,
        6,
        246,
        "24936.15",
        parts=("钟楼东里东院", "钟楼东里西院"),
    ),
    _one("磁村巷小区", ZHONGLOU, T.BASIC, 570, "昆仑社区", "磁村巷 2 号", 1988, 5, 188, "19044.60"),
    _one(
        "矿建一宿舍",
        ZHONGLOU,
        T.FUNCTION,
        474,
        "鼓楼社区",
        "矿建路 25 号",
        1986,
        4,
        154,
        "15719.25",
    ),
)
_OTHER_NAMES = (
    "文昌里小区", "般阳新村东区", "留仙西苑", "齐纺二宿舍", "南关里小区", "柳泉新苑", "机床厂二生活区",
    "聚贤西里", "育才东巷小区", "松龄北苑", "建材二宿舍", "钟楼北里", "昆仑东巷小区", "矿建二宿舍",
)  # fmt: skip

COMMUNITIES: dict[str, tuple[str, ...]] = {
    BANYANG: ("文昌社区", "般阳社区", "城中社区", "留仙社区", "东关社区"),
    SONGLING: ("柳泉社区", "松龄社区", "聚贤社区", "青云社区"),
    ZHONGLOU: ("钟楼社区", "昆仑社区", "鼓楼社区"),
}


def outlines(year: int) -> tuple[Outline, ...]:
    """The projects of a year in the order of their codes; later years repeat with other names."""
    if year == 2025:
        return OUTLINES_2025
    turn, other = divmod(year - 2026, 2)
    suffix = "" if turn == 0 else f"（{'二三四五六七八九'[min(turn, 8) - 1]}期）"
    names = _OTHER_NAMES if other else tuple(outline.name for outline in _LATER)
    return tuple(
        replace(
            outline,
            name=f"{name}{suffix}",
            estates=tuple(
                replace(estate, name=f"{estate.name.replace(outline.name, name)}{suffix}")
                for estate in outline.estates
            ),
        )
        for outline, name in zip(_LATER, names, strict=True)
    )


def official(year: int) -> dict[str, tuple[int, int, Decimal]]:
    """Street → (projects, households, ㎡) that the programme's document gives."""
    return OFFICIAL_2025 if year == 2025 else OFFICIAL_LATER


def official_parts(year: int) -> dict[str, tuple[int, int] | None]:
    """Street → (estates, buildings) that the document gives too; that of 2025 ([淄川2025]) leaves them out."""
    if year == 2025:
        return dict.fromkeys(OFFICIAL_2025)
    return {
        street: (
            sum(len(row.estates) for row in outlines(year) if row.street == street),
            sum(row.buildings for row in outlines(year) if row.street == street),
        )
        for street in OFFICIAL_LATER
    }
