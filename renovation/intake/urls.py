"""Addresses of the wing."""

from django.urls import path

from . import views

app_name = "intake"
urlpatterns = [
    path("uploads/<int:pk>/", views.upload, name="upload"),
    path("uploads/<int:pk>/progress/", views.progress, name="progress"),
    path("uploads/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("uploads/<int:pk>/read-again/", views.read_again, name="read_again"),
    path("uploads/<int:pk>/annotated/", views.annotated, name="annotated"),
    path("uploads/<int:pk>/original/", views.original, name="original"),
]
