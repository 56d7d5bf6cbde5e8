from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "projects.residents"
    label = "residents"
    verbose_name = "公示议事"
