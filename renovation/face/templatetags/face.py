"""`{% load face %}`: the components of FACE.md as tags. Usage with examples: docs/face.md.

Every tag draws one template of ``templates/components`` and takes plain values, so that the page
and the gallery cannot draw a thing in two ways. Block tags end with ``end`` and their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from renovation.core import charts, wall
from renovation.core.measures import MINUS, Measure
from renovation.face import wording
from renovation.face.faults import at_field, faults_of
from renovation.face.figures import approval_key, figure_values
from renovation.face.filtering import FilterForm
from renovation.face.symbols import draw_light, draw_state, light_marks
from renovation.face.values import (
    Cell,
    Event,
    Fault,
    Gate,
    Link,
    Step,
    Todo,
    Way,
    light_look,
)

register = template.Library()

register.filter("fullday", wording.full_day)
register.filter("at_field", lambda message, label: at_field(str(label), str(message)))
for each in (
    wording.minus, wording.signed, wording.dash, wording.day, wording.moment, wording.thousands,
    wording.wanyuan, wording.wanyuan_change, wording.quantity, wording.unbroken, wording.telephone,
):  # fmt: skip
    register.filter(each.__name__, each)

_ALERTS = {"info": "提示", "done": "完成", "caution": "注意", "refused": "未通过"}
_STATES = {"quiet", "waiting", "active", "approved", "published", "alarm"}
_BUTTONS = {"main", "plain", "danger", "link"}


def _draw(component: str, /, **values: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", values)


def _one_of(kind: str, kinds: Iterable[str]) -> str:
    if kind not in kinds:
        raise template.TemplateSyntaxError(f"{kind!r} is none of {', '.join(sorted(kinds))}")
    return kind


def _ways(items: Iterable[Any]) -> list[Way]:
    return [item if isinstance(item, Way) else Way(*item) for item in items]


# -- frame of a page -----------------------------------------------------------------------------
@register.simple_block_tag
def page_head(content: str, title: str, sub: str = "") -> SafeString:
    """Title, what it is about, the page's acts at the right."""
    return _draw("page_head", title=title, sub=sub, content=content)


@register.simple_tag
def breadcrumb(*crumbs: object, items: Iterable[Any] = ()) -> SafeString:
    """The way down to this page; the last crumb is the page itself."""
    ways = _ways(items)
    for crumb in crumbs:
        text, _, href = str(crumb).partition("|")
        ways.append(Way(text, href or None))
    return _draw("breadcrumb", items=ways)


@register.simple_block_tag
def section(
    content: str,
    title: str,
    finding: str = "",
    count: object = "",
    note: str = "",
    link: str = "",
    link_text: str = "",
    id: str = "",  # noqa: A002 - the word of HTML
    level: int = 2,
) -> SafeString:
    """A part of a page: line, head, finding, and at the right a note or a link."""
    return _draw(
        "section",
        title=title,
        finding=finding,
        count=count,
        note=note,
        link=link,
        link_text=link_text,
        id=id,
        level=level,
        content=content,
    )


@register.simple_block_tag
def lead(content: str) -> SafeString:
    """The first words under a title, two sentences at most."""
    return _draw("lead", content=content)


@register.simple_tag
def script(path: str) -> SafeString:
    """An ES module by its static path."""
    return format_html('<script type="module" src="{}"></script>', static(path))


# -- numbers -------------------------------------------------------------------------------------
@register.simple_block_tag
def figures(content: str) -> SafeString:
    """The row of figures."""
    return _draw("figures", content=content)


@register.simple_tag
def figure(
    name: str = "",
    measure: Measure | None = None,
    value: object = None,
    unit: str = "",
    basis: str = "",
    change: Measure | Decimal | int | str | None = None,
    change_unit: str = "",
    change_text: str = "",
    approval: object = "",
    as_of: object = None,
    as_of_note: str = "",
    pending: str = "",
    href: str = "",
) -> SafeString:
    """One measure: name, value, unit, basis, change since last week, approval mark, as-of.

    With ``measure`` everything that is not given beside it is taken from it, the basis as
    “numerator / denominator”. ``change`` is a measure (``core.measures.change``) or a number in
    ``change_unit``; where none is given, 百分点 for percentages. The value links to its source rows.
    """
    return _draw(
        "figure",
        **figure_values(
            name=name,
            measure=measure,
            value=value,
            unit=unit,
            basis=basis,
            change=change,
            change_unit=change_unit,
            change_text=change_text,
            approval=approval,
            as_of=as_of,
            as_of_note=as_of_note,
            pending=pending,
            href=href,
        ),
    )


@register.simple_tag
def bar(
    value: object, tick: object = None, label: str = "", width: int | str = "100%"
) -> SafeString:
    """A number against its due, both 0–100."""
    return mark_safe(  # noqa: S308 - charts escapes what it is given
        charts.bar_with_tick(_decimal(value), _decimal(tick), label=label, width=width)
    )


def _decimal(value: object) -> Decimal | None:
    if value is None or value in {"", wording.DASH}:
        return None
    return Decimal(str(value).replace(MINUS, "-"))


@register.simple_tag
def chart(*drawings: str) -> SafeString:
    """A chart of ``core.charts`` in one or more sizes, the widest first; the place decides."""
    return _draw("chart", drawings=[mark_safe(drawing) for drawing in drawings])  # noqa: S308


@register.simple_tag
def wall_chart(chart: wall.WallChart) -> SafeString:
    """攻坚图: the sheet as a table whose bars are drawn row by row."""
    groups = [
        {
            "group": group,
            "lights": [(light_look(key), count) for key, _, count in group.lights],
            "rows": [
                (row, mark_safe(wall.wall_bars(chart, row)), light_look(row.light))  # noqa: S308
                for row in group.rows
            ],
        }
        for group in chart.groups
    ]
    return _draw(
        "wall_chart",
        chart=chart,
        approval=approval_key(chart.approval) if chart.approval else "",
        groups=groups,
        months=mark_safe(wall.wall_months(chart)),  # noqa: S308
        as_of_at=wall.as_of_at(chart),
        total_months=mark_safe(wall.wall_total_months(chart)),  # noqa: S308
        legend_lights=[light_look(word) for _, word in chart.lights],
        before_columns=len(chart.before) + 2,
    )


@register.simple_tag
def chain(items: Sequence[Link]) -> SafeString:
    """Amounts that follow from each other, on one scale."""
    drawn = [
        (link, mark_safe(charts.bar_with_tick(_decimal(link.share), None)))  # noqa: S308
        for link in items
    ]
    return _draw("chain", items=drawn)


# -- marks ---------------------------------------------------------------------------------------
@register.simple_tag
def light(
    status: object, word: object = True, note: str = "", count: object = None, large: bool = False
) -> SafeString:
    """A status light: drawn symbol and word. ``word=False`` keeps the word for assistive tools."""
    look = light_look(status)
    shown = look.word if word is True else str(word) if word else ""
    return draw_light(look, shown, note=note, count=count, large=large)


@register.simple_tag
def lights(statuses: Iterable[Any]) -> SafeString:
    """One symbol per thing; items are statuses or ``(status, name)``."""
    return _draw("lights", marks=light_marks(statuses))


@register.simple_tag
def approval(kind: object, note: str = "") -> SafeString:
    """已核定 (solid, tick) or 待核 (dashed), with the amount that is left out."""
    return _draw("approval", kind=approval_key(kind), note=note)


@register.simple_tag
def state(word: object, kind: str = "quiet") -> SafeString:
    """The state of a return, letter or problem: always a word, the kind its frame."""
    return draw_state(word, _one_of(kind, _STATES))


# -- acts ----------------------------------------------------------------------------------------
@register.simple_tag
def button(
    text: str,
    kind: str = "plain",
    href: str = "",
    name: str = "",
    value: str = "",
    form: str = "",
    id: str = "",  # noqa: A002
    compact: bool = False,
    disabled_reason: str = "",
    copy: str = "",
    type: str = "submit",  # noqa: A002
    new_window: bool = False,
) -> SafeString:
    """An act, as a button or (with ``href``) a link that looks like one."""
    return _draw(
        "button",
        text=text,
        kind=_one_of(kind, _BUTTONS),
        href=href,
        name=name,
        value=value,
        form=form,
        id=id,
        compact=compact,
        disabled_reason=disabled_reason,
        copy=copy,
        type="button" if copy else type,
        new_window=new_window,
    )


@register.simple_tag
def segments(label: str, items: Iterable[Any], rows: str = "") -> SafeString:
    """A way of looking; the state stands in the address.

    With ``rows="#id"`` of a table on the page a script shows the rows whose ``data-kind`` is the
    segment's ``show`` (all where it is empty); without script the address does it.
    """
    return _draw("segments", label=label, items=_ways(items), rows=rows)


@register.simple_tag
def tabs(label: str, items: Iterable[Any]) -> SafeString:
    """The parts of one thing."""
    return _draw("tabs", label=label, items=_ways(items))


@register.simple_tag
def todo(items: Sequence[Todo]) -> SafeString:
    """今天要办: only the first has a button."""
    drawn = [(item, light_look(item.light) if item.light else None) for item in items]
    return _draw("todo", items=drawn)


# -- forms ---------------------------------------------------------------------------------------
@register.simple_tag
def field(bound: BoundField, compact: bool = False) -> SafeString:
    """One answer: label above, hint, fault, the box with what was typed."""
    return _draw("field", field=bound, compact=compact)


@register.simple_block_tag
def filters(content: str, form: FilterForm, found: object = True, sorts: bool = True) -> SafeString:
    """The filter bar of a list; the block holds its fields and acts, the state stands in the address.

    On a phone more than two fields fold under the word 筛选, beside which stands what is asked for, and with them the
    ways of sorting the table that follows, unless it ``sorts`` by nothing. They are open where something typed is at
    fault, and where ``found``, what the list holds, is empty: then there is nothing else to see.
    """
    return _draw("filters", content=content, form=form, found=found, sorts=sorts)


@register.simple_tag
def error_summary(
    form: BaseForm | BaseFormSet[Any] | None = None,
    then: str = "改正后再提交",
    items: Iterable[Any] = (),
    also: str = "",
    title: str = "",
) -> SafeString | str:
    """All faults on top, each a link to its place; nothing where there are none."""
    faults = [item if isinstance(item, Fault) else Fault(*item) for item in items]
    if form is not None:
        faults += faults_of(form)
        form.summary_shown = True  # type: ignore[union-attr]  # read by django/forms/div.html
    if not faults:
        return ""
    return _draw("error_summary", faults=faults, then=then, also=also, title=title)


# -- messages ------------------------------------------------------------------------------------
@register.simple_block_tag
def alert(content: str, kind: str, first: str = "", id: str = "") -> SafeString:  # noqa: A002
    """One message; the first words suffice without the colour."""
    return _draw("alert", kind=_one_of(kind, _ALERTS), first=first, id=id, content=content)


@register.simple_tag
def message_alert(message: Any) -> SafeString:
    """A message of django.contrib.messages as an alert."""
    kinds = {"success": "done", "warning": "caution", "error": "refused"}
    first, stop, rest = str(message).partition("。")
    return _draw(
        "alert", kind=kinds.get(message.level_tag, "info"), first=first + stop, id="", content=rest
    )


@register.simple_block_tag
def empty(content: str, title: str, framed: bool = False) -> SafeString:
    """Why it is empty, what will fill it, one act."""
    return _draw("empty", title=title, framed=framed, content=content)


@register.simple_block_tag
def progress(
    content: str,
    title: str,
    done: int | None = None,
    total: int | None = None,
    unit: str = "",
    queued: bool = False,
    finished: str = "",
    failed: str = "",
) -> SafeString:
    """Long work: what, how far in counted things, and what one may do meanwhile."""
    share = 100 if finished else 0 if queued or not total else min(100, 100 * (done or 0) // total)
    return _draw(
        "progress",
        title=title,
        done=done,
        total=total,
        unit=unit,
        queued=queued,
        finished=finished,
        failed=failed,
        share=share,
        content=content,
    )


# -- lists ---------------------------------------------------------------------------------------
@register.simple_tag
def gates(items: Sequence[Gate]) -> SafeString:
    """Horizontal timeline."""
    return _draw("gates", items=items)


@register.simple_tag
def timeline(items: Sequence[Step]) -> SafeString:
    """Vertical timeline."""
    return _draw("timeline", items=items)


@register.simple_tag
def events(items: Sequence[Event], named: bool = False) -> SafeString:
    """A history, or what changed: label, title, detail; ``named`` labels are longer than a day."""
    return _draw("events", items=items, named=named)


@register.simple_tag
def facts(items: Iterable[tuple[str, object]]) -> SafeString:
    """Names and values of one thing."""
    return _draw("facts", items=list(items))


@register.simple_tag
def strip(items: Sequence[Cell]) -> SafeString:
    """A row of facts above a long page."""
    return _draw("strip", items=items)


# -- tables --------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def th(
    context: Context,
    text: str,
    unit: str = "",
    sort: str = "",
    num: bool = True,
    default: str = "",
    span: int = 1,
) -> SafeString:
    """The head of a column: name, unit in brackets, sort mark. Sorting stands in ``?sort=``.

    ``default`` is the table's order without the address saying any, as ``"-progress"``.
    """
    request: HttpRequest | None = context.get("request")
    order, href = "", ""
    if sort:
        query = request.GET if request is not None else QueryDict()
        present = query.get("sort") or default
        order = {sort: "ascending", f"-{sort}": "descending"}.get(present, "")
        wanted = sort if present == f"-{sort}" or (not order and not num) else f"-{sort}"
        href = _address(query, sort=wanted, page=None)
    return _draw("th", text=text, unit=unit, num=num, order=order, href=href, span=span)


@register.simple_tag(takes_context=True)
def pager(
    context: Context, page: Page[Any], unit: str = "条", param: str = "page", label: str = "分页"
) -> SafeString:
    """Range and total in words, pages at the right; the rest of the address is kept.

    Two pagers on one page need a ``param`` and a ``label`` of their own.
    """
    request: HttpRequest | None = context.get("request")
    query = request.GET if request is not None else QueryDict()

    def href(number: int) -> str:
        return _address(query, **{param: str(number)})

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return _draw(
        "pager",
        page=page,
        unit=unit,
        label=label,
        pages=[(n, href(n) if isinstance(n, int) else "") for n in numbers],
        before=href(page.previous_page_number()) if page.has_previous() else "",
        after=href(page.next_page_number()) if page.has_next() else "",
    )


def _address(query: QueryDict, **changes: str | None) -> str:
    """The present query with some keys set or, by None, left out."""
    new = query.copy()
    for key, value in changes.items():
        new.pop(key, None)
        if value is not None:
            new[key] = value
    return "?" + new.urlencode()
