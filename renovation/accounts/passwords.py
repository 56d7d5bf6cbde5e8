"""Password rules beyond Django's own (DOMAIN.md §8: 身份鉴别)."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

from .models import PasswordRecord, User

REMEMBERED = 5
_CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")


class LengthValidator(MinimumLengthValidator):
    """Django's own, with a sentence that is always Chinese."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return f"密码至少 {self.min_length} 个字符。"


class CharacterClassValidator:
    """At least three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        if sum(bool(re.search(pattern, password)) for pattern in _CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "密码须含小写字母、大写字母、数字、符号中的三类。"


class ReuseValidator:
    """Not one of the last five passwords of the user, the present one among them."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        records = PasswordRecord.objects.filter(user=user).order_by("-created_at")[: REMEMBERED - 1]
        hashes = [user.password, *(record.password for record in records)]
        if any(check_password(password, old) for old in hashes if old):
            raise ValidationError(self.get_help_text(), code="password_reused")

    def get_help_text(self) -> str:
        return f"不能与最近 {REMEMBERED} 次用过的密码相同。"
