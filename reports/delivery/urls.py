"""Addresses of the wing."""

from django.urls import URLPattern

app_name = "delivery"
urlpatterns: list[URLPattern] = []
