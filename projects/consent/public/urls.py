"""The one public address."""

from django.urls import path

from . import views

app_name = "consent_public"
urlpatterns = [path("<str:token>/", views.answer, name="answer")]
