"""Pages of the face."""

from django.urls import path

from . import views

app_name = "face"
urlpatterns = [path("gallery/", views.gallery, name="gallery")]
