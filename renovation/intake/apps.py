from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "renovation.intake"
    label = "intake"
    verbose_name = "导入"
