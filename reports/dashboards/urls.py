"""Addresses of the pages that join."""

from django.urls import path

from . import views

app_name = "dashboards"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("overview.xlsx", views.overview, name="overview_workbook"),
    path("projects/", views.overview, name="projects"),
    path("projects/<str:code>/", views.overview, name="project"),
    path("todo/", views.overview, name="todo"),
]
