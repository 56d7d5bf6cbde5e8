"""Addresses of the wing."""

from django.urls import path

from . import views
from .copies import views as copies
from .edits import views as edits
from .minutes import views as minutes

app_name = "papers"
urlpatterns = [
    path("sheets/", views.sheets, name="sheets"),
    path("sheets/compile/", views.compile_sheets, name="compile_sheets"),
    path("minutes/<int:pk>/", minutes.of_minutes, name="of_minutes"),
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/compile/", views.compile_bulletin, name="compile_bulletin"),
    path("<int:pk>/", views.document, name="document"),
    path("<int:pk>/files/", views.files, name="files"),
    path("<int:pk>/files/render/", views.render_files, name="render"),
    path("<int:pk>/files/<str:kind>/", copies.file, name="file"),
    path("<int:pk>/picture/", copies.picture, name="picture"),
    path("<int:pk>/original/", copies.original, name="original"),
    path("<int:pk>/changes/", views.changes, name="changes"),
    path("<int:pk>/recompile/", views.recompile, name="recompile"),
    path("<int:pk>/acts/<str:act>/", views.act, name="act"),
    path("<int:pk>/texts/", edits.texts, name="texts"),
    path("<int:pk>/texts/outside/", edits.outside, name="outside"),
]
