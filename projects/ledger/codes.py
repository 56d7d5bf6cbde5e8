"""The shape of a project's code: it stands in addresses, in workbooks and in the names of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from renovation.core.errors import Refusal

SHAPE = "项目编号只用字母、数字、汉字和“-”“_”“.”，并至少有一个数字，如 ZC2025-01。"
#: A digit keeps a code from being the name of a page (``new``, ``import``).
_SHAPE = re.compile(r"(?=.*[0-9])[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._-]*")


def is_code(text: str) -> bool:
    """Whether a text can be a project's code."""
    return _SHAPE.fullmatch(text) is not None


def check_code_shape(value: str) -> None:
    """A form's validator."""
    if not is_code(value):
        raise ValidationError(SHAPE, code="shape")


def refuse_code(values: Mapping[str, Any]) -> None:
    """The service's own check (``project.code``) of the values of a project."""
    if "code" in values and not is_code(str(values["code"])):
        raise Refusal("project.code", SHAPE, field="code")
