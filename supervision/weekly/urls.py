"""Addresses of the wing."""

from django.urls import URLPattern, path

from .burden import views as burden
from .drafting import views as drafting
from .following import views as following
from .opening import views as opening
from .reminding import views as reminding
from .sparing import views as sparing
from .stating import views as stating
from .upload import views as upload
from .views import acts, filling, register, returns
from .waiving import views as waiving

app_name = "weekly"
urlpatterns: list[URLPattern] = [
    path("", register.returns, name="returns"),
    path("export/", register.export, name="export"),
    path("burden/", burden.burden, name="burden"),
    path("burden/export/", burden.export, name="burden_export"),
    path("rules/", upload.rules, name="rules"),
    path("reminders/<str:week_start>/", reminding.reminders, name="reminders"),
    path("contacts/<slug:street>/", reminding.contact, name="contact"),
    path("follow-ups/", following.follow_ups, name="follow_ups"),
    path("follow-ups/export/", following.export, name="follow_ups_export"),
    path("follow-ups/<int:pk>/", following.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/<slug:name>/", following.act, name="follow_up_act"),
    path("waivers/", waiving.waivers, name="waivers"),
    path("waivers/export/", waiving.export, name="waivers_export"),
    path("waivers/new/", waiving.waive, name="waiver_new"),
    path("waivers/<int:pk>/restore/", waiving.restore, name="waiver_restore"),
    path("rule-waivers/", sparing.waivers, name="rule_waivers"),
    path("rule-waivers/export/", sparing.export, name="rule_waivers_export"),
    path("rule-waivers/new/", sparing.ask, name="rule_waiver_ask"),
    path("rule-waivers/<int:pk>/", sparing.waiver, name="rule_waiver"),
    path("rule-waivers/<int:pk>/<slug:name>/", sparing.act, name="rule_waiver_act"),
    path("opening/rules/", opening.rules, name="opening_rules"),
    path("opening/<int:year>/", opening.upload, name="opening"),
    path("opening/<int:year>/template/", opening.template, name="opening_template"),
    path("opening/<int:year>/approve/", opening.approve, name="opening_approve"),
    path("<str:week_start>/<slug:street>/upload/", upload.upload, name="upload"),
    path("<str:week_start>/<slug:street>/workbook/", upload.template, name="workbook"),
    path("<str:week_start>/<slug:street>/", returns.street_week, name="street_week"),
    path("<str:week_start>/<slug:street>/form/", filling.form, name="form"),
    path("<str:week_start>/<slug:street>/form/cells/", drafting.cells, name="form_cells"),
    path("<str:week_start>/<slug:street>/unchanged/", stating.unchanged, name="unchanged"),
    path("<str:week_start>/<slug:street>/exception/", acts.exception, name="exception"),
    path("<str:week_start>/<slug:street>/ask/<str:code>/", following.ask, name="follow_up_ask"),
    path("<str:week_start>/<slug:street>/act/<slug:slug>/", acts.act, name="act"),
]
