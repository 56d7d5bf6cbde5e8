"""Addresses of meetings and items."""

from __future__ import annotations

from django.urls import path

from .items.views import assigning
from .items.views import following as items
from .meetings.views import meeting as meetings
from .meetings.views import minutes, topics

app_name = "dispatch"
urlpatterns = [
    path("", meetings.front, name="front"),
    path("meetings/new/", meetings.new, name="meeting_new"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/picture/", meetings.picture, name="picture"),
    path("meetings/<int:pk>/propose/", topics.propose, name="propose"),
    path("meetings/<int:pk>/topics/new/", topics.new, name="topic_new"),
    path("meetings/<int:pk>/minutes/", minutes.minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/<slug:slug>/", minutes.act, name="minutes_act"),
    path("meetings/<int:pk>/<slug:slug>/", meetings.act, name="meeting_act"),
    path("topics/<int:pk>/edit/", topics.edit, name="topic_edit"),
    path("topics/<int:pk>/<slug:slug>/", topics.move, name="topic_move"),
    path("items/", items.items, name="items"),
    path("items/export/", items.export, name="items_export"),
    path("items/new/", assigning.new, name="item_new"),
    path("items/<int:pk>/", items.item, name="item"),
    path("items/<int:pk>/edit/", assigning.edit, name="item_edit"),
    path("items/<int:pk>/files/<int:file_pk>/", items.file, name="item_file"),
    path("items/<int:pk>/<slug:slug>/", items.act, name="item_act"),
    path("projects/<str:code>/", items.project, name="project"),
]
