"""Addresses of the wing."""

from django.urls import URLPattern

app_name = "intake"
urlpatterns: list[URLPattern] = []
