"""App of the face."""

from django.apps import AppConfig


class FaceConfig(AppConfig):
    """Template tags, widgets, navigation and the gallery (FACE.md)."""

    name = "renovation.face"
    label = "face"
    verbose_name = "界面"
