"""Forms of signing in and of one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError

from . import lockout


class SignInForm(AuthenticationForm):
    """User name and password; says no more than that the pair is wrong, and how many tries there are."""

    username = forms.CharField(
        label="用户名",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        help_text=lockout.rule_in_words(),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": "用户名或密码不对。",
        "inactive": "用户名或密码不对。",
    }

    def get_invalid_login_error(self) -> ValidationError:
        """The pair is wrong; and what comes next, the same for a name that nobody has."""
        words = self.error_messages["invalid_login"] + lockout.warning_after(self.request)
        return ValidationError(words, code="invalid_login")


class ChangePasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """The present password, and the new one twice."""

    error_messages = {
        **SetPasswordForm.error_messages,
        "password_mismatch": "两次输入的新密码不一样。",
    }
    old_password = forms.CharField(
        label="现在的密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password1 = forms.CharField(
        label="新密码",
        strip=False,
        help_text="至少 10 位，含小写字母、大写字母、数字、符号中的三类；不能与最近 5 次用过的相同。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label="再输一次新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ("old_password", "new_password1", "new_password2")

    def clean_old_password(self) -> str:
        """Refuse where the present password is not the given one."""
        given: str = self.cleaned_data["old_password"]
        if not self.user.check_password(given):
            raise ValidationError("现在的密码不对。", code="password_incorrect")
        return given

    def clean(self) -> dict[str, Any]:
        """What is wrong with the new password stands where it was first typed, a slip where it was repeated."""
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.user, "new_password1")
        return self.cleaned_data
