"""Addresses of the wing."""

from django.urls import URLPattern, path

from .burden import views as burden
from .drafting import views as drafting
from .following import views as following
from .opening import views as opening
from .reminding import views as reminding
from .return_paper import views as return_paper
from .review_waivers import views as review_waivers
from .rule_waivers import views as rule_waivers
from .stating import views as stating
from .upload import views as upload
from .views import acts, filling, register, returns

app_name = "weekly"
urlpatterns: list[URLPattern] = [
    path("", register.returns, name="returns"),
    path("export/", register.export, name="export"),
    path("burden/", burden.burden, name="burden"),
    path("burden/export/", burden.export, name="burden_export"),
    path("rules/", upload.rules, name="rules"),
    path("reminders/<str:week_start>/", reminding.reminders, name="reminders"),
    path("reminders/<str:week_start>/picture/", reminding.picture, name="reminders_picture"),
    path("contacts/<slug:street>/", reminding.contact, name="contact"),
    path("follow-ups/", following.follow_ups, name="follow_ups"),
    path("follow-ups/export/", following.export, name="follow_ups_export"),
    path("follow-ups/<int:pk>/", following.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/<slug:name>/", following.act, name="follow_up_act"),
    path("review-waivers/", review_waivers.review_waivers, name="review_waivers"),
    path("review-waivers/export/", review_waivers.export, name="review_waivers_export"),
    path("review-waivers/new/", review_waivers.waive, name="review_waiver_new"),
    path("review-waivers/<int:pk>/restore/", review_waivers.restore, name="review_waiver_restore"),
    path("rule-waivers/", rule_waivers.rule_waivers, name="rule_waivers"),
    path("rule-waivers/export/", rule_waivers.export, name="rule_waivers_export"),
    path("rule-waivers/new/", rule_waivers.ask, name="rule_waiver_ask"),
    path("rule-waivers/<int:pk>/", rule_waivers.rule_waiver, name="rule_waiver"),
    path("rule-waivers/<int:pk>/<slug:name>/", rule_waivers.act, name="rule_waiver_act"),
    path("opening/rules/", opening.rules, name="opening_rules"),
    path("opening/<int:year>/", opening.upload, name="opening"),
    path("opening/<int:year>/template/", opening.template, name="opening_template"),
    path("opening/<int:year>/approve/", opening.approve, name="opening_approve"),
    path("<str:week_start>/<slug:street>/upload/", upload.upload, name="upload"),
    path("<str:week_start>/<slug:street>/workbook/", upload.template, name="workbook"),
    path("<str:week_start>/<slug:street>/", returns.street_week, name="street_week"),
    path("<str:week_start>/<slug:street>/paper/", return_paper.paper, name="paper"),
    path(
        "<str:week_start>/<slug:street>/paper/workbook/",
        return_paper.workbook,
        name="paper_workbook",
    ),
    path("<str:week_start>/<slug:street>/form/", filling.form, name="form"),
    path("<str:week_start>/<slug:street>/form/cells/", drafting.cells, name="form_cells"),
    path("<str:week_start>/<slug:street>/unchanged/", stating.unchanged, name="unchanged"),
    path("<str:week_start>/<slug:street>/exception/", acts.exception, name="exception"),
    path("<str:week_start>/<slug:street>/ask/<str:code>/", following.ask, name="follow_up_ask"),
    path("<str:week_start>/<slug:street>/act/<slug:slug>/", acts.act, name="act"),
]
