"""The menu of renovation (改造菜单): classes and items, as data with history."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from projects.works.enums import Layer, Outcome
from projects.works.querysets import MenuClassQuerySet, MenuItemQuerySet
from renovation.accounts.models import Organisation


class MenuClass(models.Model):
    """A class of the menu: 基础类, 完善类, 提升类, and what a city adds (国办发〔2020〕23号, DOMAIN.md §2.3).

    ``bureau`` is None for what all bureaus share.
    """

    bureau = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="menu_classes",
        verbose_name="区局",
    )
    code = models.SlugField("代码", max_length=30)
    name = models.CharField("名称", max_length=20)
    meaning = models.CharField("含义", max_length=120, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    history = HistoricalRecords()
    objects = MenuClassQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(bureau=None), name="menu_class_shared_once"
            ),
            models.UniqueConstraint(fields=["bureau", "code"], name="menu_class_once_per_bureau"),
        ]
        verbose_name = verbose_name_plural = "改造类别"

    def __str__(self) -> str:
        return self.name


class MenuItem(models.Model):
    """An item that a project can plan and residents can choose: what it is, its unit, what it counts towards.

    ``bureau`` is None for what all bureaus share. ``is_required`` means 应改尽改: it is done where it is
    missing and needs no choosing. An item that is no longer offered stays with the projects that have it.
    """

    menu_class = models.ForeignKey(
        MenuClass, models.PROTECT, related_name="items", verbose_name="类别"
    )
    bureau = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="menu_items",
        verbose_name="区局",
    )
    code = models.SlugField("代码", max_length=30)
    name = models.CharField("名称", max_length=30)
    unit = models.CharField("计量单位", max_length=8)
    places = models.PositiveSmallIntegerField("小数位数", default=0)
    is_required = models.BooleanField("应改尽改", default=False)
    layer = models.CharField("施工次序", max_length=12, choices=Layer.choices, default=Layer.OTHER)
    outcome = models.CharField("计入成果", max_length=12, choices=Outcome.choices, blank=True)
    is_offered = models.BooleanField("可选用", default=True)
    order = models.PositiveSmallIntegerField("排序", default=0)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = MenuItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["menu_class__order", "order", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(bureau=None), name="menu_item_shared_once"
            ),
            models.UniqueConstraint(fields=["bureau", "code"], name="menu_item_once_per_bureau"),
            models.CheckConstraint(condition=Q(places__lte=2), name="menu_item_two_places_at_most"),
        ]
        verbose_name = verbose_name_plural = "改造条目"

    def __str__(self) -> str:
        return self.name
