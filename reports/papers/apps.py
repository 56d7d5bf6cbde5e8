from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "reports.papers"
    label = "papers"
    verbose_name = "文件"
