from django.apps import AppConfig


class WorksConfig(AppConfig):
    name = "projects.works"
    label = "works"
    verbose_name = "改造内容"
