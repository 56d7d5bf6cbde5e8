"""What is known of the estates beside their quantities: buildings, documents, photographs, checklists, surveys,
publications, how a project is carried, and the leading group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import models
from simple_history.utils import bulk_create_with_history

from projects.ledger.answering import OF_DUTY
from projects.ledger.dossier.kinds import KINDS
from projects.ledger.enums import (
    CommitmentKind,
    GateKind,
    LeadingRank,
    PublicationKind,
    SurveyKind,
    Verdict,
)
from projects.ledger.models import (
    Building,
    Commitment,
    DocumentKind,
    Estate,
    Gate,
    LeadingPost,
    Project,
    ProjectDocument,
    Publication,
    StandardCheck,
    StandardItem,
    Survey,
)
from projects.ledger.standards.twenty import TWENTY
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.wording import chinese_date
from renovation.records.models import Setting, StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .dice import Dice
from .evidence import page
from .people import FOUNDED, District
from .pictures import PictureWriter
from .siting import BOX
from .told import Told
from .tracking import keep
from .verdicts import judged

#: Places in a programme whose estates have their buildings entered; at the last one a household is missing.
WITH_BUILDINGS = (0, 2, 5, 9, 12)
#: Places whose checklist was gone through, and whose surveys are filed.
WITH_CHECKS = (0, 1, 3, 5, 8, 10)
WITH_RECORDS = (0, 1, 3, 5, 7, 8, 10, 13)
FEATURES = {
    0: "口袋花园串起三个院子",
    3: "一楼一策加装电梯",
    5: "红色物业进小区，广场议事亭",
    8: "老厂记忆墙和邻里食堂",
    10: "雨污分流样板段",
}
_POSTS = (
    (LeadingRank.HEAD, "局党组书记、局长", "", "全面负责，主持调度会"),
    (LeadingRank.DEPUTY, "分管副局长", "", "统筹项目推进，协调街道和专营单位"),
    (LeadingRank.MEMBER, "财审科科长", "财审科", "资金争取、拨付和审计"),
    (LeadingRank.MEMBER, "建管科科长", "建管科", "施工组织、招投标和进度"),
    (LeadingRank.MEMBER, "质安站站长", "质安站", "质量安全监督和竣工验收"),
    (LeadingRank.MEMBER, "燃气科科长", "燃气科", "燃气管线迁改和安全"),
    (LeadingRank.MEMBER, "清洁取暖科科长", "清洁取暖科", "供热管网和外墙保温"),
    (LeadingRank.MEMBER, "行业发展科科长", "行业发展科", "物业管理和长效机制"),
    (LeadingRank.OFFICE_HEAD, "领导小组办公室主任", "建管科", "日常调度、信息汇总和督办"),
)


#: The day on which the street entered a record.
_DAY_OF = {Survey: "done_on", Publication: "published_on", Commitment: "starts_on"}


@dataclass
class DossierWriter:
    """Writes what hangs on the ledger of all years as it stands at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self, told: Sequence[Told]) -> None:
        """Everything; the newest programme gets the most."""
        newest = max(one.project.programme.year for one in told)
        now_running = [one for one in told if one.project.programme.year == newest]
        self._box()
        kinds, items = self._kinds(), self._items()
        self._buildings(told)
        self._models(told, newest)
        self._documents(told, kinds, newest)
        older = [one for one in told if one.project.programme.year < newest]
        self._checks([*older, *(one for one in now_running if one.place in WITH_CHECKS)], items)
        self._records([*older, *(one for one in now_running if one.place in WITH_RECORDS)])
        PictureWriter(district=self.district, acts=self.acts, now=self.now).write(now_running)
        self._group(now_running)

    @property
    def today(self) -> date:
        """The local day of ``now``."""
        return local_day(self.now)

    # -- the bureau's own ----------------------------------------------------------------------------
    def _at(self, day: date, hour: int = 15, minute: int = 0) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    def _keep(
        self, rows: Iterable[models.Model], model: type[models.Model], at: datetime, reason: str
    ) -> None:
        bulk_create_with_history(
            [*rows],
            model,
            batch_size=200,
            default_user=self.district.users["bureau"],
            default_date=at,
            default_change_reason=reason,
        )

    def _box(self) -> None:
        Setting.objects.create(
            organisation=self.district.bureau,
            key="ledger.district_box",
            value=BOX,
            effective_on=FOUNDED,
            reason="本区范围（演示）",
            created_at=self._at(FOUNDED, 9, 30),
            created_by=self.district.users["admin"],
        )

    def _kinds(self) -> dict[str, DocumentKind]:
        rows = [
            DocumentKind(
                bureau=self.district.bureau,
                name=kind.name,
                order=order * 10,
                required_at=kind.required_at or "",
                is_gate_evidence=kind.is_gate_evidence,
                is_plan=kind.is_plan,
                is_private=kind.is_private,
            )
            for order, kind in enumerate(KINDS, start=1)
        ]
        self._keep(rows, DocumentKind, self._at(FOUNDED, 10), "启用平台内置的种类")
        return {row.name: row for row in rows}

    def _items(self) -> list[StandardItem]:
        rows = [
            StandardItem(bureau=self.district.bureau, number=number, group=group, text=words)
            for number, (group, words) in enumerate(TWENTY, start=1)
        ]
        self._keep(rows, StandardItem, self._at(FOUNDED, 10, 20), "启用平台内置的 20 条")
        return rows

    # -- buildings, models ---------------------------------------------------------------------------
    def _buildings(self, told: Sequence[Told]) -> None:
        chosen = {one.project.pk: one for one in told if one.place in WITH_BUILDINGS}
        rows: list[Building] = []
        for estate in Estate.objects.filter(project__in=chosen).order_by("pk"):
            place = chosen[estate.project_id].place
            rows += self._of_estate(estate, lacking=int(place == WITH_BUILDINGS[-1]))
        first = min(one.project.entered_on for one in told)
        self._keep(rows, Building, self._at(first, 16), "按房屋档案录入楼幢")

    def _of_estate(self, estate: Estate, *, lacking: int) -> list[Building]:
        """Buildings that add up to the estate's quantities, but for ``lacking`` households."""
        count = estate.building_count
        households, area = estate.household_count - lacking, estate.area_sqm
        rows = []
        for number in range(1, count + 1):
            left = count - number + 1
            part = households // left
            share = area if left == 1 else (estate.area_sqm / count).quantize(Decimal("0.01"))
            dice = Dice(f"{estate.name} building {number}")
            rows.append(
                Building(
                    estate=estate,
                    number=f"{number}号楼",
                    unit_count=dice.number(2, 4),
                    floor_count=dice.pick((5, 6, 6)),
                    household_count=part,
                    area_sqm=share,
                    year_built=estate.year_built,
                    structure="brick_concrete",
                )
            )
            households -= part
            area -= share
        return rows

    def _models(self, told: Sequence[Told], newest: int) -> None:
        """Features from the beginning; in every year but the newest one completed project became a model."""
        for one in told:
            project, feature = one.project, FEATURES.get(one.place, "")
            done = one.story.completed_on
            becomes = one.place == 0 and project.programme.year < newest and done is not None
            day = self.calendar.add_workdays(done, 20) if becomes and done else None
            if not feature and day is None:
                continue
            project.feature = feature
            if day is not None and day <= self.today:
                project.is_model, project.model_on = True, day
                project.model_reason = "居民参与充分，地下管网一次改到位，物业同步进驻"
            project.version += 1
            at = self._at(day or project.entered_on, 16, 40)
            self._tracked(project, at, "登记一小区一特色" if day is None else "评为示范样板")
            project.save(
                update_fields=["feature", "is_model", "model_on", "model_reason", "version"]
            )

    def _tracked(self, project: Project, at: datetime, reason: str) -> None:
        by = self.district.users["bureau"]
        project._history_user = by  # type: ignore[attr-defined]
        project._history_date = at  # type: ignore[attr-defined]
        project._change_reason = reason  # type: ignore[attr-defined]

    # -- documents -----------------------------------------------------------------------------------
    def _documents(self, told: Sequence[Told], kinds: dict[str, DocumentKind], newest: int) -> None:
        """The plan of every project whose design is settled; drawings and contracts of the newest year, but for
        every fourth project, which lacks them."""
        passed: dict[int, dict[str, date]] = {}
        ids = [one.project.pk for one in told]
        gates = Gate.objects.filter(project__in=ids, actual_on__isnull=False)
        for gate in gates:
            if gate.actual_on is not None:
                passed.setdefault(gate.project_id, {})[gate.kind] = gate.actual_on
        rows: list[ProjectDocument] = []
        for one in told:
            days = passed.get(one.project.pk, {})
            wanted: list[tuple[str, GateKind, str]] = [
                ("改造方案（一区一案）", GateKind.DESIGNED, "改造方案")
            ]
            if one.project.programme.year == newest and one.place % 4 != 3:
                wanted += [
                    ("施工图纸", GateKind.TENDERED, "施工图全套"),
                    ("施工合同", GateKind.PERMITTED, "施工合同"),
                    ("监理合同", GateKind.PERMITTED, "监理合同"),
                ]
            rows += [
                self._document(one, kinds[name], title, days[gate])
                for name, gate, title in wanted
                if gate in days
            ]
        ProjectDocument.objects.bulk_create(rows, batch_size=200)
        rows += self._revised(told, rows, newest)
        for row in rows:
            self.acts.add(
                "projectdocument.file",
                f"归档{row.project}的{row.kind}《{row.title}》"
                + (f"第 {row.version} 版" if row.version > 1 else ""),
                by=row.file.stored_by,
                at=row.file.stored_at,
                target=row,
                of=row.project,
            )

    def _revised(
        self, told: Sequence[Told], rows: Sequence[ProjectDocument], newest: int
    ) -> list[ProjectDocument]:
        """The plan of a project that waits for its start is revised while its residents are asked about the first."""
        day = self.calendar.roll_back(self.today - timedelta(days=5))
        plans = {row.project_id: row for row in rows if row.kind.is_plan}
        for one in told:
            old = plans.get(one.project.pk) if one.project.programme.year == newest else None
            begun = one.story.started_on or date.max
            if old and begun > self.today and old.dated_on and old.dated_on < day:
                row = self._document(one, old.kind, "改造方案", day)
                row.version, row.supersedes = 2, old
                row.save()
                return [row]
        return []

    def _document(self, one: Told, kind: DocumentKind, title: str, day: date) -> ProjectDocument:
        content = page(
            f"{title}（演示）",
            [
                f"项目：{one.project.name}（{one.project.code}）",
                f"种类：{kind.name}",
                f"日期：{chinese_date(day)}",
                "本件为演示数据，不是真实文件。",
            ],
        )
        return ProjectDocument(
            project=one.project,
            kind=kind,
            title=f"{one.project.name}{title}",
            dated_on=day,
            file=self._stored(
                content,
                f"{one.project.name}{title}.pdf",
                "application/pdf",
                one,
                day,
                kind.is_private,
            ),
        )

    def _stored(
        self, content: bytes, name: str, kind: str, one: Told, day: date, is_private: bool
    ) -> StoredFile:
        return store_file(
            content=content,
            name=name,
            content_type=kind,
            by=self.district.users["bureau"],
            now=self._at(day, 17, 10),
            organisation=one.street_on(day),
            is_private=is_private,
        )

    # -- checklists, surveys, publications -----------------------------------------------------------
    def _checks(self, told: Sequence[Told], items: Sequence[StandardItem]) -> None:
        rows: list[StandardCheck] = []
        for one in told:
            day = min(self.calendar.add_workdays(one.project.entered_on, 25), self.today)
            dice = Dice(f"{one.project.code} standards")
            proof = self._proof(one, day)
            for item in items:
                throw = dice.number(1, 12)
                if throw == 12 and one.story.completed_on is None:
                    continue  # not gone through yet
                verdict, note = judged(item.number, throw)
                rows.append(
                    StandardCheck(
                        project=one.project,
                        item=item,
                        item_version=1,
                        verdict=verdict,
                        note=note,
                        evidence=proof if verdict == Verdict.MET and throw > 3 else None,
                        checked_by=self.district.users[one.street_on(day).code],
                        checked_at=self._at(day, 10, dice.number(0, 59)),
                    )
                )
        self._keep(rows, StandardCheck, self.now, "逐条核对")

    def _proof(self, one: Told, day: date) -> StoredFile:
        content = page(
            "衡量标准核对材料（演示）",
            [
                f"项目：{one.project.name}（{one.project.code}）",
                "会议记录、公示照片和移交协议的目录。",
                "本件为演示数据，不是真实文件。",
            ],
        )
        name = f"{one.project.name}衡量标准核对材料.pdf"
        return self._stored(content, name, "application/pdf", one, day, False)

    def _records(self, told: Sequence[Told]) -> None:
        surveys: list[Survey] = []
        publications: list[Publication] = []
        commitments: list[Commitment] = []
        for one in told:
            surveys += self._surveys(one)
            publications += self._publications(one)
            commitments += self._commitments(one)
        for row in (*surveys, *publications, *commitments):
            day = getattr(row, _DAY_OF[type(row)])
            row._history_date = self._at(day, 17)  # type: ignore[attr-defined]
        for model, rows in (
            (Survey, surveys),
            (Publication, publications),
            (Commitment, commitments),
        ):
            self._keep(rows, model, self.now, "街道登记")
        for one in told:
            self._pass_on(one)

    def _surveys(self, one: Told) -> list[Survey]:
        dice = Dice(f"{one.project.code} surveys")
        households = one.outline.households
        day = one.project.entered_on
        found = [
            (SurveyKind.CONDITION, day, None, "屋面渗漏、雨污合流、弱电飞线，化粪池两处满溢"),
            (SurveyKind.NEEDS, day + timedelta(days=6), None, "居民最盼修屋面、通下水、添停车位，其次是照明和晾晒"),
            (SurveyKind.VISIT, day + timedelta(days=9), households * dice.number(82, 98) // 100,
             "网格员和楼长逐户征求意见，收回意见表"),
        ]  # fmt: skip
        done = one.story.completed_on
        if done is not None:
            visited = households * dice.number(60, 90) // 100
            found.append(
                (
                    SurveyKind.REVISIT,
                    done + timedelta(days=10),
                    visited,
                    "回访屋面、管网和路面，问题转施工单位保修",
                )
            )
        return [
            Survey(project=one.project, kind=kind, done_on=on, household_count=count, finding=words)
            for kind, on, count, words in found
            if on <= self.today
        ]

    def _publications(self, one: Told) -> list[Publication]:
        day, begun = one.project.entered_on, one.story.started_on
        accepted = one.story.accepted_on
        found: list[tuple[PublicationKind, date, str, str]] = [
            (
                PublicationKind.PLAN,
                day + timedelta(days=14),
                "小区公示栏",
                "公示七日，意见已逐条回应",
            )
        ]
        if begun is not None:
            found += [
                (PublicationKind.INVESTMENT, begun, "小区公示栏、街道微信公众号", "投资构成和资金来源"),
                (PublicationKind.PROGRESS, begun + timedelta(days=30), "小区公示栏", "每月更新形象进度"),
            ]  # fmt: skip
        if accepted is not None:
            found.append((PublicationKind.ACCEPTANCE, accepted, "小区公示栏", "验收意见和保修电话"))
        return [
            Publication(project=one.project, kind=kind, published_on=on, channel=channel, note=note)
            for kind, on, channel, note in found
            if on <= self.today
        ]

    def _commitments(self, one: Told) -> list[Commitment]:
        day = one.project.entered_on
        street = one.first_street.short_name
        kinds = CommitmentKind
        found = [
            Commitment(kind=kinds.PARTY_BRANCH, who=f"{one.project.name}攻坚党支部", starts_on=day,
                       detail="社区、物业、施工方党员组成，每周碰头一次"),
            Commitment(kind=kinds.HEAD, who=f"{street}党工委书记", starts_on=day,
                       detail="项目第一责任人，每月现场办公一次"),
            Commitment(kind=kinds.ON_SITE, who=f"{street}城建办", starts_on=day + timedelta(days=10),
                       schedule="每周二、四 9:00—11:00", detail="在小区居民接待室接待来访"),
            Commitment(kind=kinds.OFFICIALS, who="住在小区的机关干部", starts_on=day + timedelta(days=12),
                       detail="带头签同意书、带头拆除自家违建"),
            Commitment(kind=kinds.POINTS, who="楼长志愿队", starts_on=day + timedelta(days=20),
                       points=15, detail="协助入户征询和围挡值守"),
        ]  # fmt: skip
        for row in found:
            row.project = one.project
        return [row for row in found if row.starts_on <= self.today]

    def _pass_on(self, one: Told) -> None:
        """Who answers in the street that a project left gives it to the new one's, two days after the move."""
        moves = list(one.project.former_streets.all())
        if not moves:
            return
        move = moves[-1]
        at = local_moment(self.calendar.add_workdays(move.until_on, 2), time(11))
        by, reason = self.district.users["bureau"], "移交后由接收街道接替"
        for old in Commitment.objects.filter(project=one.project, kind__in=OF_DUTY):
            if old.starts_on >= move.until_on or at > self.now:
                continue
            old.ends_on, old.version = move.until_on - timedelta(days=1), old.version + 1
            keep(old, by=by, at=at, reason=reason)
            old.pk, old.version, old.starts_on, old.ends_on = None, 1, move.until_on, None
            old.who = old.who.replace(move.street.short_name, one.project.street.short_name)
            keep(old, by=by, at=at, reason=reason)

    # -- the leading group ---------------------------------------------------------------------------
    def _group(self, told: Sequence[Told]) -> None:
        posts = [
            LeadingPost(
                bureau=self.district.bureau,
                rank=rank,
                post=post,
                department=department,
                answers_for=matters,
                valid_from=FOUNDED,
                order=order * 10,
            )
            for order, (rank, post, department, matters) in enumerate(_POSTS, start=1)
        ]
        self._keep(posts, LeadingPost, self._at(FOUNDED, 11), "按领导小组文件录入")
        members = [post for post in posts if post.rank == LeadingRank.MEMBER]
        for place, post in enumerate(members):
            post._history_user = self.district.users["bureau"]  # type: ignore[attr-defined]
            post._history_date = self._at(told[0].project.entered_on, 16)  # type: ignore[attr-defined]
            post._change_reason = "分配负责项目"  # type: ignore[attr-defined]
            post.projects.add(*(one.project for one in told[place :: len(members)]))
