"""The project package: composition root above (urls, celery, api), foundation below (core to intake)."""

from renovation.celery import app as celery_app

__all__ = ["celery_app"]
