"""Addresses of the wing."""

from django.urls import path

from . import views

app_name = "figures"
urlpatterns = [
    path("", views.measures, name="measures"),
    path("export/", views.dictionary, name="dictionary"),
    path("<slug:slug>/", views.source, name="source"),
    path("<slug:slug>/export/", views.export, name="export"),
]
