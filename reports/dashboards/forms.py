"""Filters of lists; what is not among the choices is said at its field and filters nothing."""

from __future__ import annotations

from django import forms

from projects.ledger.enums import RenovationType
from renovation.face.filtering import FilterForm, choice, year_choice

LIGHTS = (("red", "严重滞后"), ("yellow", "滞后"), ("green", "正常"), ("grey", "未到开工"))


class ProjectFilterForm(FilterForm):
    """The filter bar over the projects; the choices are those that the reader has."""

    year = year_choice()
    street = choice("街道")
    light = choice("亮灯", LIGHTS)
    type = choice("改造类型", RenovationType.choices)
    model = choice("示范样板", [("yes", "只看样板")])
    state = choice("状态", [("cancelled", "已取消"), ("proposed", "待列入")], nothing=("", "在册"))
    q = forms.CharField(label="名称、编号或地址", required=False, max_length=60)


class PlacesFilterForm(ProjectFilterForm):
    """The filter bar over the places: as over the projects, and whether a place is entered."""

    type = None  # type: ignore[assignment]
    model = None  # type: ignore[assignment]
    state = None  # type: ignore[assignment]
    placed = choice("坐标", [("yes", "已登记"), ("no", "未登记")])
