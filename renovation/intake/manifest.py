"""The very hidden sheet ``_portal``: what a pre-filled workbook was made for, and what it was filled with.

CONTRACT.md, weekly workbook: template version, street, week_start, generated_at, the pre-filled values and
a checksum. A list that was filtered before it went out says how many rows it took along, so that it is whole in
itself when it comes back. All is stored as text, so that Excel and WPS carry it unchanged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from renovation.core.crypto import is_keyed_hash, keyed_hash
from renovation.core.documents.reading import DEFAULT_LIMITS, ReadWorkbook
from renovation.core.documents.xlsx import Role, Sheet, SheetCell, SheetState, Style
from renovation.core.errors import Refusal
from renovation.records.keys import keyring

SHEET_NAME = "_portal"
VERSION = "1"
_LONGEST = 30_000  # a cell holds 32,767 characters
_PURPOSE = "intake.manifest"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``values``: row key → field → the text that was filled in. ``pipeline`` names what the workbook was made for;
    one that holds several lists names them all, with a space between. ``counts``: code of a pipeline → how many rows
    were filled in for it, of what a filter chose; a workbook that says nothing of it was filled with all there was.
    ``signature`` stands under all of it (``signed``), "" where it is of no use to anybody to write such a sheet."""

    pipeline: str
    street: str
    street_name: str
    week_start: str
    generated_at: str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    version: str = VERSION
    signature: str = ""

    @property
    def pipelines(self) -> frozenset[str]:
        """The codes of what the workbook may be taken in as."""
        return frozenset(self.pipeline.split())

    @property
    def made_at(self) -> datetime:
        """When the workbook went out. Raises ValueError for what is no moment, or one without its time zone."""
        moment = datetime.fromisoformat(self.generated_at)
        if moment.tzinfo is None:
            raise ValueError(f"no time zone: {self.generated_at!r}")
        return moment

    @property
    def is_signed(self) -> bool:
        """Whether the portal wrote it, for this organisation and period and with these values, under a key that is still
        in the ring."""
        return bool(self.signature) and is_keyed_hash(
            self.signature, self.checksum, keyring=keyring(), purpose=_PURPOSE
        )

    @cached_property
    def checksum(self) -> str:
        """SHA-256 over everything else but the signature, in canonical JSON."""
        content = {
            "pipeline": self.pipeline,
            "version": self.version,
            "street": self.street,
            "street_name": self.street_name,
            "week_start": self.week_start,
            "generated_at": self.generated_at,
            "values": {key: dict(values) for key, values in self.values.items()},
            # Only where it is said: workbooks that went out before it was are still whole.
            **({"counts": dict(self.counts)} if self.counts else {}),
        }
        return hashlib.sha256(_json(content).encode()).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def signed(manifest: Manifest) -> Manifest:
    """The same with a keyed hash under it, which nobody else can write: what it says is the portal's own word, and the
    marks in it (``Pipeline.marks``) are of the organisation and period that it names."""
    signature = keyed_hash(manifest.checksum, keyring=keyring(), purpose=_PURPOSE)
    return replace(manifest, signature=signature)


def sheet_of(manifest: Manifest) -> Sheet:
    """The sheet to be written with the workbook."""
    style = Style(Role.PLAIN)

    def line(*texts: str) -> tuple[SheetCell, ...]:
        return tuple(SheetCell(text, style) for text in texts)

    rows = [
        line("pipeline", manifest.pipeline),
        line("version", manifest.version),
        line("street", manifest.street),
        line("street_name", manifest.street_name),
        line("week_start", manifest.week_start),
        line("generated_at", manifest.generated_at),
        line("checksum", manifest.checksum),
        *([line("signature", manifest.signature)] if manifest.signature else []),
        *([line("counts", _json(dict(manifest.counts)))] if manifest.counts else []),
    ]
    for key, values in manifest.values.items():
        text = _json(dict(values))
        if len(text) > _LONGEST:
            raise ValueError(f"too many values for row {key}")
        rows.append(line("row", key, text))
    return Sheet(SHEET_NAME, tuple(rows), state=SheetState.VERY_HIDDEN)


def read_manifest(workbook: ReadWorkbook) -> Manifest | None:
    """The manifest of a workbook, None where it has none.

    Raises Refusal ``portal.damaged`` where its checksum does not hold, or it does not say when it was made.
    """
    sheet = workbook.sheet(SHEET_NAME)
    if sheet is None:
        return None
    head: dict[str, str] = {}
    keys: list[str] = []
    filled: list[str] = []
    try:
        for _, cells in sheet:
            word, text, *more = [cell.text if cell else "" for cell in cells[:3]]
            if word == "row":
                keys.append(text)
                filled.append(more[0])
            else:
                head[word] = text
        rows = json.loads(
            f"[{','.join(filled)}]"
        )  # one text: a call a row costs more than its reading
        values = {
            key: {str(k): str(v) for k, v in row.items()}
            for key, row in zip(keys, rows, strict=True)
        }
        counts = {code: _count(told) for code, told in json.loads(head.get("counts", "{}")).items()}
        manifest = Manifest(
            values=values,
            counts=counts,
            signature=head.get("signature", ""),
            **{name: head[name] for name in _HEAD},
        )
        _ = manifest.made_at
    except (KeyError, IndexError, ValueError, AttributeError, RecursionError) as fault:
        raise _damaged() from fault
    if manifest.checksum != head.get("checksum"):
        raise _damaged()
    return manifest


def _count(told: object) -> int:
    """How many rows a workbook says that it took along. Raises ValueError for what no workbook could hold."""
    if type(told) is not int or not 0 <= told <= DEFAULT_LIMITS.rows:
        raise ValueError(f"not a number of rows: {told!r}")
    return told


_HEAD = ("pipeline", "version", "street", "street_name", "week_start", "generated_at")


def _damaged() -> Refusal:
    return Refusal(
        "portal.damaged",
        f"工作簿里的校验信息（隐藏工作表“{SHEET_NAME}”）被改动过，请重新下载模板，把数据复制过去再上传。",
        found="校验值不符",
        expected="下载模板时的内容",
    )
