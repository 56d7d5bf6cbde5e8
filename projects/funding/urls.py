"""Addresses of the wing."""

from django.urls import path

from . import views
from .accounts import views as accounts
from .opening import views as opening
from .overview import views as overview
from .sources import views as sources

app_name = "funding"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("overview/export/", overview.export, name="overview_export"),
    path("sources/", sources.sources, name="sources"),
    path("sources/new/", sources.new, name="source_new"),
    path("sources/<int:pk>/", sources.change, name="source_change"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/export/", accounts.export, name="accounts_export"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/change/", accounts.change, name="account_change"),
    path("accounts/<int:pk>/close/", accounts.close, name="account_close"),
    path("accounts/<int:pk>/number/", accounts.reveal, name="account_reveal"),
    path("accounts/<int:pk>/statement/", accounts.statement, name="statement"),
    path("statements/<int:pk>/scan/", accounts.scan, name="statement_scan"),
    path("pending/", views.pending, name="pending"),
    path("pending/openings/", views.approve_openings, name="approve_openings"),
    path("opening/<int:year>/", opening.upload, name="opening"),
    path("opening/<int:year>/template/", opening.template, name="opening_template"),
    path("opening/rules/", opening.rules, name="opening_rules"),
    path("export/", views.export, name="export"),
    path("files/<int:pk>/", views.file, name="file"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/correct/", views.correct, name="correct"),
    path("events/<int:pk>/account/", accounts.name, name="account_name"),
    path("events/<int:pk>/approve/", views.approve, name="approve"),
    path("events/<int:pk>/reject/", views.reject, name="reject"),
    path("<str:code>/", views.project, name="project"),
    path("<str:code>/record/", views.record, name="record"),
    path("<str:code>/plans/", views.plans, name="plans"),
    path("<str:code>/accounts/", accounts.project, name="project_accounts"),
    path("<str:code>/accounts/new/", accounts.new, name="account_new"),
]
