from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "reports.delivery"
    label = "delivery"
    verbose_name = "发送"
