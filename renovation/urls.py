"""Every address of the portal, wing by wing."""

from django.urls import include, path

from renovation.api import api
from renovation.jobs.views import healthz
from reports.dashboards import views as dashboards

urlpatterns = [
    path("", dashboards.overview, name="home"),
    path("handbook/", dashboards.handbook, name="handbook"),
    path("accounts/", include("renovation.accounts.urls")),
    path("", include("renovation.face.urls")),
    path("console/", include("renovation.console.urls")),
    path("healthz", healthz, name="healthz"),
    path("", include("renovation.jobs.urls")),
    path("messages/", include("renovation.messaging.urls")),
    path("", include("renovation.intake.urls")),
    path("ledger/", include("projects.ledger.urls")),
    path("funding/", include("projects.funding.urls")),
    path("works/", include("projects.works.urls")),
    path("residents/", include("projects.residents.urls")),
    path("consent/", include("projects.consent.urls")),
    path("c/", include("projects.consent.public.urls")),
    path("weekly/", include("supervision.weekly.urls")),
    path("inquiries/", include("supervision.inquiries.urls")),
    path("dispatch/", include("supervision.dispatch.urls")),
    path("figures/", include("reports.figures.urls")),
    path("papers/", include("reports.papers.urls")),
    path("delivery/", include("reports.delivery.urls")),
    path("", include("reports.dashboards.urls")),
    path("api/v1/", api.urls),
    path("", include("django_prometheus.urls")),
]

handler400 = "renovation.face.refused.bad_request"
