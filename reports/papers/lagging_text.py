"""How a bulletin says since when a project is behind, and that its light turned meanwhile."""

from __future__ import annotations

from renovation.core.wording import chinese_date, short_date

from .bulletins import ProjectFacts


def lagging_words(project: ProjectFacts) -> str:
    """Since when a project is behind at all, and how its light turned in that time: the day belongs to the run of
    yellow and red weeks, never to the present light alone."""
    light = "严重滞后（红灯）" if project.light == "红" else "滞后（黄灯）"
    if project.lagging_since is None:
        return light
    since = f"自{chinese_date(project.lagging_since)}当周起"
    if not project.turned_from:
        return f"{since}{light}"
    when = f"{short_date(project.turned_on)}当周" if project.turned_on else "现"
    return f"{since}滞后，{when}由{project.turned_from}灯转为{light}"
