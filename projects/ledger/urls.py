"""Addresses of the wing."""

from django.urls import path

from . import views
from .books import views as books
from .changing import views as changing
from .changing.enrolling import views as enrolling
from .changing.listing import views as listing
from .dossier import views as dossier
from .dossier.gallery import views as gallery
from .estates import views as estates
from .gating import views as gating
from .gating.exceptions import views as exceptions
from .gating.formalities import views as formalities
from .gating.openings import views as openings
from .leading import views as leading
from .openness import views as openness
from .planning import views as planning
from .planning.timing import views as timing
from .roster import views as roster
from .standards import views as standards

app_name = "ledger"
_PROJECT = "projects/<str:code>"
_RECORDS = f"{_PROJECT}/records/<str:what>"
_BUILDINGS = f"{_PROJECT}/estates/<int:estate_pk>/buildings"
_GATE = f"{_PROJECT}/gates/<str:kind>"
urlpatterns = [
    path("projects/new/", views.new, name="new"),
    path(f"{_PROJECT}/edit/", views.edit, name="edit"),
    path(f"{_PROJECT}/estates/", estates.estates, name="estates"),
    path(f"{_PROJECT}/estates/new/", estates.estate, name="estate_new"),
    path(f"{_PROJECT}/estates/<int:pk>/", estates.estate, name="estate"),
    path(f"{_PROJECT}/estates/<int:pk>/remove/", estates.estate_remove, name="estate_remove"),
    path(f"{_PROJECT}/estates/<int:pk>/buildings/", estates.buildings, name="buildings"),
    path(f"{_BUILDINGS}/new/", estates.building, name="building_new"),
    path(f"{_BUILDINGS}/<int:pk>/", estates.building, name="building"),
    path(f"{_BUILDINGS}/<int:pk>/remove/", estates.building_remove, name="building_remove"),
    path(f"{_PROJECT}/parties/", estates.parties, name="parties"),
    path(f"{_PROJECT}/parties/new/", estates.party, name="party_new"),
    path(f"{_PROJECT}/parties/<int:pk>/", estates.party, name="party"),
    path(f"{_PROJECT}/parties/<int:pk>/replace/", estates.party_replace, name="party_replace"),
    path(f"{_PROJECT}/parties/<int:pk>/remove/", estates.party_remove, name="party_remove"),
    path(f"{_PROJECT}/files/", dossier.documents, name="documents"),
    path(f"{_PROJECT}/files/new/", dossier.document_new, name="document_new"),
    path(f"{_PROJECT}/files/<int:pk>/", dossier.document, name="document"),
    path(f"{_PROJECT}/files/<int:pk>/next/", dossier.document_new, name="document_next"),
    path(f"{_PROJECT}/files/<int:pk>/bytes/", dossier.document_file, name="document_file"),
    path(f"{_PROJECT}/files/<int:pk>/remove/", dossier.document_take_off, name="document_take_off"),
    path(f"{_PROJECT}/photos/", gallery.photos, name="photos"),
    path(f"{_PROJECT}/photos/new/", gallery.photos_new, name="photos_new"),
    path(f"{_PROJECT}/photos/new/one/", gallery.photos_one, name="photos_one"),
    path(f"{_PROJECT}/photos/<int:pk>/", gallery.photo, name="photo"),
    path(f"{_PROJECT}/photos/<int:pk>/small/", gallery.photo_thumbnail, name="photo_thumbnail"),
    path(f"{_PROJECT}/photos/<int:pk>/picture/", gallery.photo_picture, name="photo_picture"),
    path(f"{_PROJECT}/photos/<int:pk>/original/", gallery.photo_original, name="photo_original"),
    path(f"{_PROJECT}/photos/<int:pk>/again/", gallery.photo_again, name="photo_again"),
    path(f"{_PROJECT}/photos/<int:pk>/remove/", gallery.photo_take_off, name="photo_take_off"),
    path(f"{_PROJECT}/gates/", gating.gates, name="gates"),
    path(f"{_GATE}/", gating.gate, name="gate"),
    path(f"{_GATE}/edit/", gating.gate_edit, name="gate_edit"),
    path(f"{_GATE}/promises/new/", formalities.promise, name="promise_new"),
    path(f"{_GATE}/promises/<int:pk>/", formalities.promise, name="promise"),
    path(
        f"{_GATE}/promises/<int:pk>/receive/",
        formalities.promise_receive,
        name="promise_receive",
    ),
    path(f"{_GATE}/promises/<int:pk>/remove/", formalities.promise_remove, name="promise_remove"),
    path(f"{_GATE}/reviews/new/", formalities.review, name="review_new"),
    path(f"{_GATE}/reviews/<int:pk>/", formalities.review, name="review"),
    path(f"{_GATE}/reviews/<int:pk>/remove/", formalities.review_remove, name="review_remove"),
    path(f"{_PROJECT}/exceptions/new/<str:check>/", exceptions.exception_new, name="exception_new"),
    path(f"{_PROJECT}/exceptions/<int:pk>/", exceptions.exception, name="exception"),
    path(
        f"{_PROJECT}/exceptions/<int:pk>/<str:act>/",
        exceptions.exception_decide,
        name="exception_decide",
    ),
    path(f"{_PROJECT}/openings/<int:pk>/", openings.opening, name="opening"),
    path(
        f"{_PROJECT}/openings/<int:pk>/<str:act>/",
        openings.opening_decide,
        name="opening_decide",
    ),
    path(f"{_PROJECT}/changes/", changing.changes, name="changes"),
    path(f"{_PROJECT}/changes/new/", changing.change_new, name="change_new"),
    path(f"{_PROJECT}/changes/new/<str:kind>/", enrolling.enrol, name="enrol"),
    path(f"{_PROJECT}/changes/<int:pk>/", changing.change, name="change"),
    path(f"{_PROJECT}/changes/<int:pk>/<str:act>/", changing.change_decide, name="change_decide"),
    path("changes/", listing.changes_all, name="changes_all"),
    path("changes/export/", listing.changes_all_export, name="changes_all_export"),
    path(f"{_PROJECT}/plans/", planning.baselines, name="baselines"),
    path(f"{_PROJECT}/plans/new/", planning.baseline_new, name="baseline_new"),
    path(
        f"{_PROJECT}/plans/<int:version>/approve/",
        planning.baseline_approve,
        name="baseline_approve",
    ),
    path(
        f"{_PROJECT}/plans/<int:version>/discard/",
        planning.baseline_discard,
        name="baseline_discard",
    ),
    path(f"{_PROJECT}/plans/rests/", planning.rest_reason, name="rest_reason"),
    path(f"{_PROJECT}/standards/", standards.standards, name="standards"),
    path(f"{_PROJECT}/standards/<int:number>/", standards.standard, name="standard"),
    path(f"{_PROJECT}/openness/", openness.openness, name="openness"),
    path(f"{_PROJECT}/commitments/", openness.commitments, name="commitments"),
    path(f"{_RECORDS}/new/<str:kind>/", openness.record_new, name="record_new"),
    path(f"{_RECORDS}/<int:pk>/", openness.record, name="record"),
    path(f"{_RECORDS}/<int:pk>/remove/", openness.record_remove, name="record_remove"),
    path("standards/", standards.table, name="standards_table"),
    path("standards/export/", standards.table_export, name="standards_export"),
    path("standards/items/", standards.items, name="standard_items"),
    path("standards/items/adopt/", standards.items_adopt, name="standards_adopt"),
    path("standards/items/new/", standards.item, name="standard_item_new"),
    path("standards/items/<int:pk>/", standards.item, name="standard_item"),
    path("standards/items/<int:pk>/history/", standards.item_history, name="standard_history"),
    path("leading/", leading.leading, name="leading"),
    path("leading/export/", leading.leading_export, name="leading_export"),
    path("leading/new/", leading.post, name="leading_post_new"),
    path("leading/<int:pk>/", leading.post, name="leading_post"),
    path("leading/<int:pk>/remove/", leading.post_remove, name="leading_post_remove"),
    path("kinds/", dossier.kinds, name="kinds"),
    path("kinds/adopt/", dossier.kinds_adopt, name="kinds_adopt"),
    path("kinds/new/", dossier.kind, name="kind_new"),
    path("kinds/<int:pk>/", dossier.kind, name="kind"),
    path("programmes/new/", planning.programme_new, name="programme_new"),
    path("programmes/<int:year>/", planning.programme, name="programme"),
    path("programmes/<int:year>/edit/", planning.programme_edit, name="programme_edit"),
    path("programmes/<int:year>/deadlines/", timing.deadlines, name="deadlines"),
    path("programmes/<int:year>/gates/", timing.register, name="register"),
    path("programmes/<int:year>/openings/", openings.openings, name="openings"),
    path("rests/", timing.rests, name="rests"),
    path("rests/export/", timing.rests_export, name="rests_export"),
    path("rests/new/", timing.rest, name="rest_new"),
    path("rests/<int:pk>/", timing.rest, name="rest"),
    path("rests/<int:pk>/remove/", timing.rest_remove, name="rest_remove"),
    path("programmes/<int:year>/roster/", roster.upload, name="roster"),
    path("programmes/<int:year>/roster/template/", roster.template, name="roster_template"),
    path("lists/<slug:slug>/", books.newest, name="book_newest"),
    path("programmes/<int:year>/lists/", books.index, name="books"),
    path("programmes/<int:year>/lists/<slug:slug>/", books.book, name="book"),
    path("programmes/<int:year>/lists/<slug:slug>/export/", books.workbook, name="book_workbook"),
    path("programmes/<int:year>/lists/<slug:slug>/rules/", books.rules, name="book_rules"),
    path("programmes/<int:year>/drafts/", roster.drafts, name="drafts"),
    path(
        "programmes/<int:year>/drafts/exceptions/", roster.entry_exceptions, name="entry_exceptions"
    ),
    path("programmes/roster/rules/", roster.rules, name="roster_rules"),
    path("export/", views.export, name="export"),
    path("files/<int:pk>/", views.file, name="file"),
]
