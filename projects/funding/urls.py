"""Addresses of the wing."""

from django.urls import path

from . import views
from .opening import views as opening

app_name = "funding"
urlpatterns = [
    path("pending/", views.pending, name="pending"),
    path("pending/openings/", views.approve_openings, name="approve_openings"),
    path("opening/<int:year>/", opening.upload, name="opening"),
    path("opening/<int:year>/template/", opening.template, name="opening_template"),
    path("opening/rules/", opening.rules, name="opening_rules"),
    path("export/", views.export, name="export"),
    path("files/<int:pk>/", views.file, name="file"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/correct/", views.correct, name="correct"),
    path("events/<int:pk>/approve/", views.approve, name="approve"),
    path("events/<int:pk>/reject/", views.reject, name="reject"),
    path("<str:code>/", views.project, name="project"),
    path("<str:code>/record/", views.record, name="record"),
    path("<str:code>/plans/", views.plans, name="plans"),
]
