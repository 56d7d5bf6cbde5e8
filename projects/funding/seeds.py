"""The sources of money that a bureau meets (DOMAIN.md §2.5), as rows that it edits from then on."""

from datetime import UTC, datetime
from typing import Any

PLANTED_AT = datetime(2025, 1, 1, tzinfo=UTC)

#: Code, name, whether fiscal (财政资金).
SOURCES = (
    ("central", "中央财政补助", True),
    ("central-investment", "中央预算内投资", True),
    ("province", "省级财政", True),
    ("city", "市级财政", True),
    ("district", "区级财政", True),
    ("special-bond", "地方政府专项债券", True),
    ("general-bond", "一般债券", True),
    ("utilities", "专营单位出资", False),
    ("residents", "居民出资", False),
    ("maintenance-fund", "住宅专项维修资金", False),
    ("public-income", "公共收益", False),
    ("former-owner", "原产权单位", False),
    ("social-capital", "社会资本", False),
    ("housing-sales", "售房款存量资金", False),
    ("bank-loan", "银行贷款", False),
    ("other", "其他", False),
)


def plant(apps: Any) -> None:
    """Those that are not there yet, each with the first row of its history."""
    source = apps.get_model("funding", "FundingSource")
    history = apps.get_model("funding", "HistoricalFundingSource")
    known = set(source.objects.values_list("code", flat=True))
    names = set(source.objects.values_list("name", flat=True))
    for order, (code, name, fiscal) in enumerate(SOURCES, start=1):
        if code in known or name in names:
            continue
        values = {"code": code, "name": name, "is_fiscal": fiscal, "order": order}
        row = source.objects.create(**values)
        history.objects.create(
            id=row.pk,
            **values,
            is_active=True,
            version=1,
            history_date=PLANTED_AT,
            history_type="+",
            history_change_reason="平台自带的资金来源",
        )
