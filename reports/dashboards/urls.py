"""Addresses of the pages that join."""

from django.urls import path

from . import views
from .picturing import views as picturing
from .quality import views as quality
from .siting import views as siting

app_name = "dashboards"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("overview/export/", views.overview_export, name="overview_workbook"),
    path("overview/picture/", picturing.picture, name="overview_picture"),
    path("projects/", views.projects, name="projects"),
    path("projects/export/", views.projects_export, name="projects_workbook"),
    path("places/", siting.places, name="places"),
    path("places/export/", siting.places_export, name="places_workbook"),
    path("projects/<str:code>/", views.project, name="project"),
    path("projects/<str:code>/compare/", views.compare, name="compare"),
    path("projects/<str:code>/history/", views.history, name="history"),
    path("wall-chart/", views.wall_chart, name="wall_chart"),
    path("wall-chart/picture/", views.wall_picture, name="wall_picture"),
    path("wall-chart/export/", views.wall_export, name="wall_workbook"),
    path("quality/", quality.quality, name="quality"),
    path("quality/export/", quality.quality_export, name="quality_workbook"),
    path("todo/", views.todo, name="todo"),
    path("todo/number/", views.todo_number, name="todo_number"),
    path("search/", views.search, name="search"),
]
