"""Addresses of the jobs."""

from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.runs, name="runs"),
    path("jobs/export/", views.runs_export, name="runs_export"),
    path("jobs/<int:pk>/again/", views.run_again, name="run_again"),
]
