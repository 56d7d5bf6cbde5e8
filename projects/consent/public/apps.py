from django.apps import AppConfig


class ConsentPublicConfig(AppConfig):
    name = "projects.consent.public"
    label = "consent_public"
    verbose_name = "居民答复页"
