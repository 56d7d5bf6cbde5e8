"""Addresses of the wing."""

from django.urls import path

from .views import answers, care, estates, households, rounds

app_name = "consent"
_ROUND = "<str:code>/rounds/<int:number>"
urlpatterns = [
    path("", estates.listing, name="estates"),
    path("export/", estates.export, name="estates_export"),
    path("import/rules/", households.rules, name="rules"),
    path("estates/<int:pk>/import/", households.upload, name="upload"),
    path("estates/<int:pk>/import/template/", households.template, name="template"),
    path("estates/<int:pk>/export/", households.export, name="export"),
    path("estates/<int:pk>/export/open/", households.export_open, name="export_open"),
    path("households/<int:pk>/", households.household, name="household"),
    path("households/<int:pk>/edit/", households.edit, name="household_edit"),
    path("households/<int:pk>/remove/", households.remove, name="household_remove"),
    path("households/<int:pk>/visits/new/", care.visit, name="visit"),
    path("visits/<int:pk>/serve/", care.serve, name="serve"),
    path("visits/<int:pk>/correct/", care.correct, name="visit_correct"),
    path("visits/<int:pk>/withdraw/", care.withdraw, name="visit_withdraw"),
    path("answers/<int:pk>/decide/", answers.decide, name="decide"),
    path("answers/<int:pk>/void/", answers.void, name="void"),
    path("answers/<int:pk>/scan/", answers.scan, name="scan"),
    path("<str:code>/", rounds.project, name="project"),
    path("<str:code>/wishes/", rounds.wishes, name="wishes"),
    path("<str:code>/care/", care.listing, name="care"),
    path("<str:code>/care/export/", care.export, name="care_export"),
    path("<str:code>/households/", households.listing, name="households"),
    path("<str:code>/rounds/new/", rounds.new, name="round_new"),
    path(f"{_ROUND}/", rounds.round_page, name="round"),
    path(f"{_ROUND}/edit/", rounds.edit, name="round_edit"),
    path(f"{_ROUND}/open/", rounds.open_round, name="round_open"),
    path(f"{_ROUND}/close/", rounds.close_round, name="round_close"),
    path(f"{_ROUND}/discard/", rounds.discard, name="round_discard"),
    path(f"{_ROUND}/sheet/", rounds.sheet, name="sheet"),
    path(f"{_ROUND}/document/", rounds.document, name="document"),
    path(f"{_ROUND}/households/<int:pk>/", answers.answer, name="answer"),
]
