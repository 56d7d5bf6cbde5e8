"""Addresses of the wing."""

from django.urls import URLPattern

app_name = "dashboards"
urlpatterns: list[URLPattern] = []
