"""What a bureau may set about asking residents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from renovation.core.errors import Refusal
from renovation.core.parameters import Parameter, decimal, text, whole

BOTH_RATES: Parameter[Decimal] = Parameter(
    key="consent.both_rates",
    label="同意改造率、同意方案率各须达到",
    default=Decimal("80.0"),
    kind=decimal(1, minimum=0, maximum=100),
    unit="%",
    help="同意改造率、同意方案率都达到这个数的小区为双80%达标，不四舍五入。",
    source="平台默认“双80%”",
    group="居民征询",
)
LINK_DAYS: Parameter[int] = Parameter(
    key="consent.link_days",
    label="二维码有效天数",
    default=30,
    kind=whole(1, 365),
    unit="天",
    help="从打印那天起算；轮次截止后也不能再用。",
    source="平台默认",
    group="居民征询",
)
RETENTION_MONTHS: Parameter[int] = Parameter(
    key="consent.retention_months",
    label="移交管养后住户资料保存月数",
    default=36,
    kind=whole(1, 240),
    unit="个月",
    help="到期后清除姓名、电话、上门关注、居民写的意见、意见表扫描件和上传的名册，答复本身保留。",
    source="个人信息保护法第十九条；期限为平台默认",
    group="居民征询",
)
MOST_ITEMS: Parameter[int] = Parameter(
    key="consent.most_items",
    label="群众点单每户最多选",
    default=5,
    kind=whole(1, 20),
    unit="项",
    help="新拟轮次时的默认数，每一轮可以另定。",
    source="平台默认",
    group="居民征询",
)


def _check_address(value: str) -> None:
    if value and not value.startswith(("https://", "http://")):
        raise Refusal("address.scheme", "网址须以 https:// 开头。", field="value", found=value[:50])


PUBLIC_ADDRESS: Parameter[str] = Parameter(
    key="consent.public_address",
    label="居民答复页的网址",
    default="",
    kind=text(100, blank=True),
    help="印在二维码里的网址开头，如 https://example.gov.cn；空着时用打印人正在用的网址。",
    source="平台默认",
    group="居民征询",
    validate=_check_address,
)

PARAMETERS: list[Parameter[Any]] = [
    BOTH_RATES,
    MOST_ITEMS,
    LINK_DAYS,
    RETENTION_MONTHS,
    PUBLIC_ADDRESS,
]
