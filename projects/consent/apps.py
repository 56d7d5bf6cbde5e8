from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "projects.consent"
    label = "consent"
    verbose_name = "居民征询"
