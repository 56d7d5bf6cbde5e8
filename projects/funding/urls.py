"""Addresses of the wing."""

from django.urls import path

from . import views
from .accounts import views as accounts
from .applications import views as applications
from .findings import views as findings
from .forecasts import views as forecasts
from .journal import views as journal
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
    path("accounts/<int:pk>/reopen/", accounts.reopen, name="account_reopen"),
    path("accounts/<int:pk>/number/", accounts.reveal, name="account_reveal"),
    path("accounts/<int:pk>/statement/", accounts.statement, name="statement"),
    path("statements/<int:pk>/scan/", accounts.scan, name="statement_scan"),
    path("forecasts/", forecasts.forecasts, name="forecasts"),
    path("forecasts/export/", forecasts.export, name="forecasts_export"),
    path("forecasts/<int:pk>/approve/", forecasts.approve, name="forecast_approve"),
    path("forecasts/<int:pk>/reject/", forecasts.reject, name="forecast_reject"),
    path("applications/", applications.applications, name="applications"),
    path("applications/export/", applications.export, name="applications_export"),
    path("applications/new/", applications.new, name="application_new"),
    path("applications/<int:pk>/", applications.application, name="application"),
    path("applications/<int:pk>/change/", applications.change, name="application_change"),
    path("applications/<int:pk>/report/", applications.report, name="application_report"),
    path("applications/<int:pk>/take-back/", applications.take_back, name="application_take_back"),
    path("applications/<int:pk>/grant/", applications.grant, name="application_grant"),
    path("applications/<int:pk>/refuse/", applications.refuse_it, name="application_refuse"),
    path("applications/<int:pk>/files/new/", applications.add_file, name="application_add_file"),
    path("applications/<int:pk>/files/<int:file_pk>/", applications.file, name="application_file"),
    path("applications/<int:pk>/link/", applications.link, name="application_link"),
    path(
        "applications/<int:pk>/links/<int:link_pk>/",
        applications.unlink,
        name="application_unlink",
    ),
    path("findings/", findings.findings, name="findings"),
    path("findings/export/", findings.export, name="findings_export"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/files/<int:file_pk>/", findings.file, name="finding_file"),
    path("findings/<int:pk>/<slug:name>/", findings.act, name="finding_act"),
    path("pending/", views.pending, name="pending"),
    path("pending/openings/", views.approve_openings, name="approve_openings"),
    path("pending/findings/", findings.close_settled, name="close_settled"),
    path("opening/<int:year>/", opening.upload, name="opening"),
    path("opening/<int:year>/template/", opening.template, name="opening_template"),
    path("journal/<int:year>/", journal.upload, name="journal"),
    path("journal/rules/", journal.rules, name="journal_rules"),
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
    path("<str:code>/forecasts/", forecasts.project, name="project_forecasts"),
    path("<str:code>/forecasts/new/", forecasts.new, name="forecast_new"),
    path(
        "<str:code>/forecasts/<str:key>/<slug:source>/", forecasts.explain, name="forecast_explain"
    ),
    path("<str:code>/applications/", applications.project, name="project_applications"),
    path("<str:code>/findings/", findings.project, name="project_findings"),
    path("<str:code>/findings/new/", findings.new, name="finding_new"),
    path("<str:code>/accounts/", accounts.project, name="project_accounts"),
    path("<str:code>/accounts/new/", accounts.new, name="account_new"),
]
