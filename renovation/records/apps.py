from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "renovation.records"
    label = "records"
    verbose_name = "档案"
