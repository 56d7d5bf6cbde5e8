"""Addresses of the wing."""

from django.urls import path

from .views import aftercare, lists, meetings, notices, objections, rooms, sharing

app_name = "residents"
urlpatterns = [
    path("notices/", lists.notices, name="notices"),
    path("notices/export/", lists.notices_export, name="notices_export"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/edit/", notices.notice_edit, name="notice_edit"),
    path("notices/<int:pk>/paper/", notices.notice_paper, name="notice_paper"),
    path("notices/<int:pk>/photo/", notices.notice_photo, name="notice_photo"),
    path("notices/<int:pk>/again/", notices.notice_again, name="notice_again"),
    path("notices/<int:pk>/files/<str:what>/", notices.file, name="file"),
    path("notices/<int:pk>/objections/new/", objections.objection_new, name="objection_new"),
    path("notices/<int:pk>/<str:act>/", notices.notice_act, name="notice_act"),
    path("objections/<int:pk>/answer/", objections.objection_answer, name="objection_answer"),
    path("objections/<int:pk>/person/", objections.objection_person, name="objection_person"),
    path("meetings/", lists.meetings, name="meetings"),
    path("meetings/export/", lists.meetings_export, name="meetings_export"),
    path("meetings/<int:pk>/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/file/", meetings.meeting_file, name="meeting_file"),
    path("meetings/<int:pk>/matters/new/", meetings.matter_new, name="matter_new"),
    path("matters/<int:pk>/", meetings.matter_edit, name="matter_edit"),
    path("matters/<int:pk>/solve/", meetings.matter_solve, name="matter_solve"),
    path("matters/<int:pk>/file/", meetings.matter_file, name="matter_file"),
    path("aftercare/", rooms.aftercare, name="aftercare"),
    path("aftercare/export/", rooms.aftercare_export, name="aftercare_export"),
    path("estates/<int:pk>/<str:kind>/new/", aftercare.care_new, name="care_new"),
    path("aftercare/<str:kind>/<int:pk>/", aftercare.care_edit, name="care_edit"),
    path("aftercare/<str:kind>/<int:pk>/file/", aftercare.care_file, name="care_file"),
    path("handovers/<int:pk>/", aftercare.handover, name="handover"),
    path("handovers/<int:pk>/<str:act>/", aftercare.handover_act, name="handover_act"),
    path("sharing/", rooms.sharing, name="sharing"),
    path("sharing/export/", rooms.sharing_export, name="sharing_export"),
    path("contributions/<int:pk>/", sharing.contribution, name="contribution"),
    path("contributions/<int:pk>/edit/", sharing.contribution_edit, name="contribution_edit"),
    path("contributions/<int:pk>/file/", sharing.contribution_file, name="contribution_file"),
    path("contributions/<int:pk>/<str:act>/", sharing.contribution_act, name="contribution_act"),
    path("evaluations/<int:pk>/", sharing.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/edit/", sharing.evaluation_edit, name="evaluation_edit"),
    path("evaluations/<int:pk>/file/", sharing.evaluation_file, name="evaluation_file"),
    path("evaluations/<int:pk>/opinions/new/", sharing.opinion_new, name="opinion_new"),
    path("evaluations/<int:pk>/<str:act>/", sharing.evaluation_act, name="evaluation_act"),
    path("opinions/<int:pk>/", sharing.opinion_edit, name="opinion_edit"),
    path("opinions/<int:pk>/answer/", sharing.opinion_answer, name="opinion_answer"),
    path("projects/<str:code>/aftercare/", aftercare.project_aftercare, name="project_aftercare"),
    path("projects/<str:code>/sharing/", sharing.project_sharing, name="project_sharing"),
    path(
        "projects/<str:code>/contributions/new/", sharing.contribution_new, name="contribution_new"
    ),
    path("projects/<str:code>/evaluations/new/", sharing.evaluation_new, name="evaluation_new"),
    path("projects/<str:code>/meetings/", meetings.project_meetings, name="project_meetings"),
    path("projects/<str:code>/meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("projects/<str:code>/", notices.project, name="project"),
    path("projects/<str:code>/notices/new/<str:point>/", notices.notice_new, name="notice_new"),
]
