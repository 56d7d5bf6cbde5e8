"""Addresses of the wing."""

from django.urls import path

from . import views
from .alarm_pages import views as alarms

app_name = "figures"
urlpatterns = [
    path("", views.measures, name="measures"),
    path("alarms/", alarms.alarms, name="alarms"),
    path("alarms/export/", alarms.export, name="alarms_export"),
    path("alarms/<int:pk>/", alarms.alarm, name="alarm"),
    path("alarms/<int:pk>/explain/", alarms.explain, name="alarm_explain"),
    path("alarms/projects/<str:code>/", alarms.project, name="project_alarms"),
    path("export/", views.dictionary, name="dictionary"),
    path("<slug:slug>/", views.source, name="source"),
    path("<slug:slug>/export/", views.export, name="export"),
]
