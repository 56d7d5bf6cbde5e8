"""Kinds and states of papers, and the steps of their approval sheet."""

from typing import Literal

from django.db import models


class PaperKind(models.TextChoices):
    DISPATCH_SHEET = "dispatch_sheet", "周调度表"
    BULLETIN = "bulletin", "季度通报"
    MINUTES = "minutes", "周调度会纪要"


#: Kinds that leave by mail at a time of their own; minutes are read in the portal.
MAILED_KINDS = (PaperKind.DISPATCH_SHEET, PaperKind.BULLETIN)


class PaperState(models.TextChoices):
    DRAFT = "draft", "拟稿"
    CHECKED = "checked", "已核稿"
    APPROVED = "approved", "已审核"
    SIGNED = "signed", "已签发"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已作废"


class PaperAct(models.TextChoices):
    """Steps that the 拟稿单 prints."""

    DRAFT = "draft", "拟稿"
    EDIT = "edit", "修改"
    CHECK = "check", "核稿"
    COUNTERSIGN = "countersign", "会签"
    APPROVE = "approve", "审核"
    SEND_BACK = "send_back", "退回修改"
    SIGN = "sign", "签发"
    NUMBER = "number", "编号印发"
    ISSUE = "issue", "印发"
    FILE_ORIGINAL = "file_original", "归档正本"
    WITHDRAW = "withdraw", "作废"
    CORRECT = "correct", "更正"


class Format(models.TextChoices):
    """What a paper is rendered as. The approval form (拟稿单) is a PDF of its own, so that the
    official paper stays clean."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"
    APPROVAL = "approval", "拟稿单"


#: How much of a dispatch sheet is shown: all of it, what is printed, what a page has room for.
Extent = Literal["whole", "printed", "page"]
