"""Addresses of messages."""

from django.urls import path

from . import views

app_name = "messaging"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("read/", views.read, name="read"),
    path("choices/", views.choices, name="choices"),
    path("log/", views.log, name="log"),
    path("log/export/", views.log_export, name="log_export"),
    path("log/<int:pk>/resend/", views.resend, name="resend"),
]
