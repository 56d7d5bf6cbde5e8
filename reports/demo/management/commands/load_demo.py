"""``manage.py load_demo``: two years of demo data, up to today."""

from __future__ import annotations

import os
import secrets
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from renovation.core.errors import Refusal
from reports.demo.reset import empty_database
from reports.demo.services import load, moment_of, renew_passwords


class Command(BaseCommand):
    help = "装入演示数据：2025年全年和今年至今。已有演示数据时不改动。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--password", help="演示账号的口令；不填取 DEMO_PASSWORD，再没有就生成一个。"
        )
        parser.add_argument(
            "--reset", action="store_true", help="先清空演示数据库再装入；有正式数据时拒绝。"
        )
        parser.add_argument(
            "--without-papers", action="store_true", help="不编制往期文件和亮灯判定，装入更快。"
        )
        parser.add_argument(
            "--today", type=date.fromisoformat, help="以这一天为今天，如 2026-03-30。"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("正式环境不能装入演示数据。")
        now = moment_of(today=options["today"]) if options["today"] else timezone.now()
        given = options["password"] or os.environ.get("DEMO_PASSWORD")
        password = given or f"Yanshi-{secrets.randbelow(900_000) + 100_000}"
        try:
            if options["reset"]:
                empty_database()
            loaded = load(password=password, now=now, with_papers=not options["without_papers"])
            if not loaded.is_new and given:
                renew_passwords(password=password, now=now)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        years = "、".join(str(year) for year in loaded.years)
        if loaded.is_new:
            self.stdout.write(f"已装入 {years} 年演示数据。")
            if not given:
                self.stdout.write(f"演示账号的口令：{password}")
        else:
            self.stdout.write(f"已有 {years} 年演示数据，未改动。")
