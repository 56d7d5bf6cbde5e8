from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "supervision.inquiries"
    label = "inquiries"
    verbose_name = "临时收数"
