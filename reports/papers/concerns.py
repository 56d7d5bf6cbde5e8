"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern

CONCERNS = [Concern(route="papers:document", noun="这份文件", model="papers.Document")]
