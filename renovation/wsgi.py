"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from renovation.core.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")

application = get_wsgi_application()

from reports.dashboards.warming import warm_up  # noqa: E402  # models may be imported from here on

get_resolver().url_patterns  # noqa: B018  # imports the views, so that they too are settled
warm_up()
settle()
