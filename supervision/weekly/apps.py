from django.apps import AppConfig


class WeeklyConfig(AppConfig):
    name = "supervision.weekly"
    label = "weekly"
    verbose_name = "周报"
