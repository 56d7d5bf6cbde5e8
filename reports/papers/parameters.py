"""What a bureau may set for its papers."""

from __future__ import annotations

from typing import Any

from renovation.core.parameters import Parameter, text, yes_no

OWN_SERIES = "papers.number.own_series"
ADDRESSEES = "papers.bulletin.addressees"
COPIES = "papers.bulletin.copies"
PRINTED_BY = "papers.bulletin.printed_by"

PARAMETERS: list[Parameter[Any]] = [
    Parameter(
        key=OWN_SERIES,
        label="通报使用独立的连续文号",
        default=False,
        kind=yes_no(),
        help="选“是”时文号由系统按年连续编排，不留空号；选“否”时由办公室填写发文登记簿上的文号。",
        source="各单位发文登记办法",
        group="文件",
    ),
    Parameter(
        key=ADDRESSEES,
        label="季度通报主送",
        default="各街道办事处，局机关各科室、局属各单位",
        kind=text(120),
        source="GB/T 9704-2012 7.3.2",
        group="文件",
    ),
    Parameter(
        key=COPIES,
        label="季度通报抄送",
        default="区人大常委会城建环保工委，区政府办公室",
        kind=text(120, blank=True),
        source="GB/T 9704-2012 7.4.2",
        group="文件",
    ),
    Parameter(
        key=PRINTED_BY,
        label="印发机关",
        default="",
        kind=text(60, blank=True),
        help="不填时用制发单位全称，常填“××局办公室”。",
        source="GB/T 9704-2012 7.4.3",
        group="文件",
    ),
]
