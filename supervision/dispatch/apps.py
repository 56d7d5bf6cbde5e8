from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "supervision.dispatch"
    label = "dispatch"
    verbose_name = "周调度会"
