"""Who is offered as 责任单位 of an item."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from renovation.core.errors import Refusal
from supervision.dispatch.items import services
from supervision.dispatch.items.assigning import Answerer
from tests.factories.accounts import District
from tests.factories.dispatch import make_held, make_item, make_working
from tests.factories.ledger import PartyFactory

Of = Callable[[str], Client]


def page_of(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"dispatch:{name}", args=args) + query)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def _answerers(page: str) -> list[tuple[str, str]]:
    """Headings and choices of 责任单位 as they stand: ``(heading, "")`` and ``("", choice)``."""
    chooser = page.split('name="answerer"')[1].split("</select>")[0]
    return re.findall(r'optgroup label="([^"]*)"|<option value="[^"]*"[^>]*>([^<]*)<', chooser)


def test_a_street_is_offered_once_and_not_as_a_party_too(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    first, second, third = district.streets
    project, stranger = projects[0], projects[1]
    office = PartyFactory(
        project=project, role="owner", name="般阳路街道办事处", organisation=first
    )
    for role, name in (
        ("responsible", "般阳路街道办事处"),
        ("site_contact", "般阳路街道城建办"),
        ("site_contact", "般阳路街道办事处城市建设管理办公室"),
        ("owner", "般阳路街道"),
        # Called after the street, and yet others.
        ("owner", "般阳路街道城市建设发展有限公司"),
        ("site_contact", "般阳路街道柳泉社区居委会"),
        ("responsible", "般阳路街道社区卫生服务中心"),
        ("contractor", "般阳路街道某建设公司"),  # a company that is called after its place
        ("contact_leader", "区住建局分管负责人"),
    ):
        PartyFactory(project=project, role=role, name=name, organisation=None)
    PartyFactory(
        project=project, role="supervisor", name="某监理", organisation=district.contractor
    )
    PartyFactory(project=stranger, role="contractor", name="别的项目的公司", organisation=None)
    offered = [
        ("", "请选择"),
        ("街道", ""),
        *(("", street.short_name) for street in (first, second, third)),
        ("区局", ""),
        ("", "局内科室"),
        ("参建单位", ""),
        ("", "包联领导　区住建局分管负责人"),
        ("", "施工单位　般阳路街道某建设公司"),
        ("", "建设单位　般阳路街道城市建设发展有限公司"),
        ("", "责任单位　般阳路街道社区卫生服务中心"),
        ("", "项目联系　般阳路街道柳泉社区居委会"),
        ("", "监理单位　某监理"),
    ]
    client = client_of("bureau")
    assert _answerers(page_of(client, "item_new", query=f"?project={project.code}")) == offered
    item = make_working(district, project=project)
    # Who has it already is not offered to pass it on to.
    others = [each for each in offered if each != ("", first.short_name)]
    assert _answerers(page_of(client, "item_act", item.pk, "transfer")) == others
    leader = project.parties.get(role="contact_leader")
    asked = make_item(district, project=project, answerer=Answerer.of_party(leader))
    without = [each for each in offered if each != ("", "包联领导　区住建局分管负责人")]
    assert _answerers(page_of(client, "item_act", asked.pk, "transfer")) == without
    # An item that was given to such a party before keeps it while it is changed.
    meeting = make_held(district).meeting
    held = make_item(district, meeting=meeting, project=project, answerer=Answerer.of_party(office))
    page = page_of(client, "item_edit", held.pk)
    assert f'<option value="party:{office.pk}" selected>建设单位　般阳路街道办事处</option>' in page
    assert len(_answerers(page)) == len(offered) + 1


def test_a_company_that_has_an_item_is_not_offered_in_its_other_role(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    project = projects[0]
    builder, designer = (
        PartyFactory(
            project=project, role=role, name="某建设集团", organisation=district.contractor
        )
        for role in ("contractor", "designer")
    )
    # Under another name, and yet the same account; and one that is not.
    PartyFactory(project=project, role="owner", name="某建设", organisation=district.contractor)
    PartyFactory(project=project, role="supervisor", name="某监理", organisation=None)
    item = make_item(district, project=project, answerer=Answerer.of_party(builder))
    page = page_of(client_of("bureau"), "item_act", item.pk, "transfer")
    parties = [name for _, name in _answerers(page)][-2:]
    assert parties == ["", "监理单位　某监理"]
    with pytest.raises(Refusal) as refused:
        services.transfer(
            item=item,
            answerer=Answerer.of_party(designer),
            text="换一家",
            by=district.users["bureau"],
            now=now,
        )
    assert refused.value.code == "dispatch.same_answerer"
