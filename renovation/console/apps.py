from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "renovation.console"
    label = "console"
    verbose_name = "系统管理"
