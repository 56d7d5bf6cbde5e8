"""Amounts to the cent, as bank statements are: ``{% load money %}{{ fen|yuan }}``."""

from __future__ import annotations

from fractions import Fraction

from django import template

from renovation.core.measures import NO_NUMBER, format_decimal

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """分 as 元 with two decimals: 1,234,567.89; None is “—”."""
    return NO_NUMBER if fen is None else format_decimal(Fraction(fen, 100), 2)


@register.filter
def yuan_change(fen: int | None) -> str:
    """A difference of 分 as 元 with its sign: −312.45."""
    return NO_NUMBER if fen is None else format_decimal(Fraction(fen, 100), 2, signed=True)
