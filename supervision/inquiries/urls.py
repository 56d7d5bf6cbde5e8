"""Addresses of inquiries."""

from __future__ import annotations

from django.urls import path

from . import views
from .drafting import views as drafting
from .filling import views as filling

app_name = "inquiries"
urlpatterns = [
    path("", views.inquiries, name="list"),
    path("export/", views.list_export, name="list_export"),
    path("new/", drafting.new, name="new"),
    path("<slug:number>/", views.inquiry, name="inquiry"),
    path("<slug:number>/edit/", drafting.edit, name="edit"),
    path("<slug:number>/columns/new/", drafting.column, name="column_new"),
    path("<slug:number>/columns/<int:place>/", drafting.column, name="column"),
    path("<slug:number>/columns/<int:place>/remove/", drafting.remove, name="column_remove"),
    path("<slug:number>/known/", drafting.known, name="known"),
    path("<slug:number>/known/remove/", drafting.unfill, name="known_remove"),
    path("<slug:number>/act/<slug:slug>/", views.act, name="act"),
    path("<slug:number>/export/", views.export, name="export"),
    path("<slug:number>/picture/", views.picture, name="picture"),
    path("<slug:number>/rules/", filling.rules, name="rules"),
    path("<slug:number>/streets/<slug:street>/", views.street, name="street"),
    path("<slug:number>/streets/<slug:street>/fill/", filling.grid, name="fill"),
    path("<slug:number>/streets/<slug:street>/upload/", filling.upload, name="upload"),
    path("<slug:number>/streets/<slug:street>/workbook/", filling.template, name="workbook"),
]
