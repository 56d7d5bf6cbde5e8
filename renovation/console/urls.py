"""Addresses of administration and audit."""

from django.urls import path

from . import views
from .auditing import views as auditing
from .handing_over import views as handing_over
from .pledging import views as pledging
from .standing_in import views as standing_in

app_name = "console"
urlpatterns = [
    path("users/", views.users, name="users"),
    path("users/export/", views.users_export, name="users_export"),
    path("users/new/", views.new_user, name="new_user"),
    path("users/<int:pk>/", views.user, name="user"),
    path("users/<int:pk>/password/", views.reset_password, name="reset_password"),
    path("users/<int:pk>/roles/new/", views.new_membership, name="new_membership"),
    path("roles/<int:pk>/end/", views.end_membership, name="end_membership"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/export/", views.organisations_export, name="organisations_export"),
    path("organisations/new/", views.organisation, name="new_organisation"),
    path("organisations/<int:pk>/", views.organisation, name="organisation"),
    path("settings/", views.settings, name="settings"),
    path("settings/<str:key>/", views.setting, name="setting"),
    path("holidays/", views.holidays, name="holidays"),
    path("holidays/new/", views.holiday, name="new_holiday"),
    path("holidays/<int:pk>/", views.holiday, name="holiday"),
    path("holidays/<int:pk>/remove/", views.remove_holiday, name="remove_holiday"),
    path("schedules/", views.schedules, name="schedules"),
    path("schedules/<str:code>/<slug:bureau>/", views.schedule, name="schedule"),
    path("pledge/", pledging.pledge, name="pledge"),
    path("pledges/", pledging.pledges, name="pledges"),
    path("pledges/export/", pledging.export, name="pledges_export"),
    path("pledges/text/", pledging.text, name="pledge_text"),
    path("stand-ins/", standing_in.stand_ins, name="stand_ins"),
    path("stand-ins/export/", standing_in.export, name="stand_ins_export"),
    path("stand-ins/new/", standing_in.appoint, name="stand_in_new"),
    path("stand-ins/leave/", standing_in.leave, name="stand_in_leave"),
    path("stand-ins/<int:pk>/end/", standing_in.end, name="stand_in_end"),
    path("stand-ins/<int:pk>/assume/", standing_in.assume, name="stand_in_assume"),
    path("hand-overs/", handing_over.hand_overs, name="hand_overs"),
    path("hand-overs/export/", handing_over.export, name="hand_overs_export"),
    path("hand-overs/new/", handing_over.new, name="hand_over_new"),
    path("hand-overs/<int:pk>/", handing_over.hand_over, name="hand_over"),
    path("audit/", auditing.audit, name="audit"),
    path("audit/export/", auditing.export, name="audit_export"),
    path("audit/verify/", auditing.verify_audit, name="verify_audit"),
]
