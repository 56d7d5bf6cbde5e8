"""Addresses of delivery."""

from django.urls import path

from . import views

app_name = "delivery"
urlpatterns = [
    path("", views.schedules, name="schedules"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/send/", views.send_now, name="send_now"),
    path("documents/<int:pk>/resend-failed/", views.resend_failed, name="resend_failed"),
    path("<int:pk>/resend/", views.resend_one, name="resend_one"),
    path("recipients/new/", views.subscription, name="subscription_new"),
    path("recipients/<int:pk>/", views.subscription, name="subscription"),
]
