"""Opening money (期初资金) as a pipeline of the intake: what the old sheets say was moved before the portal.

Every row becomes a pending event marked 期初导入, recorded by who confirms the file and approved by another
person, as any event is. A row that says what an entry already says is refused, and one that says what another
row says is asked about, so that neither a corrected file nor a copied row counts money twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from projects.ledger.books.pipeline import pipeline_of_list
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal, Severity
from renovation.intake.blanks import blank_workbook
from renovation.intake.declaring import (
    NUMBER,
    bureau_of_year,
    by_rules,
    nothing_filled,
    numbered,
    required_cells,
    rule,
    year_label,
)
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Pipeline,
    RuleScope,
    Taken,
    Target,
    Template,
    Words,
)
from renovation.intake.standard import standard_rules

from .accounts.books import ACCOUNTS
from .applications.books import APPLICATIONS
from .books import FORECASTS, PLANS
from .chain import ORDER
from .findings.books import FINDINGS
from .intake_rows import (
    AMOUNT,
    DAY,
    DOCUMENT,
    PROJECT,
    SOURCE,
    STAGE,
    STAGES,
    UNKNOWN_PROJECT,
    UNKNOWN_STAGE,
    Ledger,
    already_recorded,
    context,
    future_day,
    movement_of,
    much_allocated,
    order_broken,
    refuse_recorded_meanwhile,
    said_twice,
    unknown_source,
)
from .journal.pipeline import FUNDING_JOURNAL
from .models import FundingSource
from .services import record_event

CODE = "opening_money"
SHEET = "期初资金"
COLUMNS = (NUMBER, PROJECT, SOURCE, STAGE, AMOUNT, DAY, DOCUMENT)


_CELL, _ROW = RuleScope.CELL, RuleScope.ROW
ROW_RULES = (
    rule("F101", required_cells((PROJECT, SOURCE, STAGE, AMOUNT, DAY)), "必填未填", "除文号外各列都要填。", "没填环节", _CELL),
    rule("F134", future_day, "日期在以后", "期初资金的日期不晚于今天。", "明年 1 月 1 日", _CELL),
    rule("F142", UNKNOWN_PROJECT, "编号不在台账", "先登记项目，再导入它的资金。", "ZC2025-99", _CELL),
    rule("F151", unknown_source, "来源不认得", "资金来源写平台里在用的名称。", "上级资金", _CELL),
    rule("F152", UNKNOWN_STAGE, "环节不认得", "下达、到位、拨付、支付之一。", "已付", _CELL),
    rule("F153", already_recorded, "已经登记", "同一笔只登记一次。", "上次已导入的行", _ROW),
)  # fmt: skip
SHEET_RULES = (
    rule(
        "F161",
        order_broken,
        "次序不对",
        "支付不超过拨付，拨付不超过到位，到位不超过下达，每一天都是。",
        "到位 100，拨付 120",
        _ROW,
    ),
    rule(
        "F162",
        said_twice,
        "同一笔写了两行",
        "同一笔只写一行；确是两笔的，说明为什么。",
        "同一文件、同一天、同一金额写了两行",
        _ROW,
        Severity.REASON,
    ),
    rule(
        "F163",
        much_allocated,
        "下达离谱",
        "一个项目的下达合计，每平方米高于常见的，说明原因。",
        "把元当成万元",
        _ROW,
        Severity.REASON,
    ),
)
RULES = tuple(sorted((*standard_rules("F"), *ROW_RULES, *SHEET_RULES), key=lambda rule: rule.code))


# -- the pipeline ------------------------------------------------------------------------------------
def commit(
    target: Target,
    taken: Sequence[Taken],
    ledger: Ledger,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Record the rows as pending opening entries, earlier stages first, so that each fits when it comes."""
    found = []
    for each in taken:
        movement = movement_of(each.row, ledger)
        if movement is None:
            raise Refusal("opening.row", f"第 {each.row.number} 行现在读不出来，请重新上传。")
        found.append(movement)
    refuse_recorded_meanwhile(movements=found)
    found.sort(key=lambda movement: ORDER.index(movement[2].stage))
    for project, _, values in found:
        record_event(project=project, values=values, by=by, now=now, is_opening=True)


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = target.period_key
    return Description(
        title="期初资金",
        period=f"{year}年度",
        back=(
            ("资金待核", reverse("funding:pending")),
            ("期初资金", reverse("funding:opening", args=[int(year)])),
        ),
        upload_href=reverse("funding:opening", args=[int(year)]),
        result_href=reverse("funding:pending"),
        result_word="看资金待核",
        template_href=reverse("funding:opening_template", args=[int(year)]),
        rules_href=reverse("funding:opening_rules"),
        held_sentence="写入的行成为待核的期初登记，由另一人核定；暂留的行不写入，改好后重新上传，已写入的行要删去。",
    )


def template(target: Target, now: datetime) -> Template:
    """The empty workbook."""
    offered = FundingSource.objects.of_bureau(target.organisation.pk).in_use()
    sources = list(offered.values_list("name", flat=True))
    content = blank_workbook(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=f"{target.organisation.district_name}{target.period_key}年度期初资金",
        hint="每笔资金一行：什么时候、从哪个来源、到哪个环节、多少万元。序号每行一个，不重复。填数值，不填公式。",
        organisation=target.organisation,
        period_key=target.period_key,
        choices={SOURCE.field: sources, STAGE.field: list(STAGES)},
        now=now,
    )
    return Template(name=f"{target.period_key}年度期初资金.xlsx", content=content)


OPENING_MONEY = Pipeline(
    code=CODE,
    label="期初资金",
    columns=COLUMNS,
    key=NUMBER.field,
    rules=RULES,
    read_permission=Permission.FUNDING_WRITE,
    write_permission=Permission.FUNDING_WRITE,
    admit=bureau_of_year("期初资金"),
    context=context,
    check_row=by_rules(ROW_RULES),
    check_sheet=by_rules(SHEET_RULES),
    facts=numbered,
    present=nothing_filled,
    expected_count=lambda ledger: ledger.row_count,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    words=Words(
        row="行", names="项目", letter="F", last_step="核定", where="期初资金页面", section="项目"
    ),
)
#: Lists that go out and come back in.
LISTS = (PLANS, FORECASTS, APPLICATIONS, ACCOUNTS, FINDINGS)
PIPELINES = [OPENING_MONEY, FUNDING_JOURNAL, *(pipeline_of_list(each) for each in LISTS)]
