from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "renovation.messaging"
    label = "messaging"
    verbose_name = "消息"
