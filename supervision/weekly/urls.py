"""Addresses of the wing."""

from django.urls import URLPattern, path

from .upload import views as upload

app_name = "weekly"
urlpatterns: list[URLPattern] = [
    path("rules/", upload.rules, name="rules"),
    path("<str:week_start>/<slug:street>/upload/", upload.upload, name="upload"),
    path("<str:week_start>/<slug:street>/workbook/", upload.template, name="workbook"),
]
