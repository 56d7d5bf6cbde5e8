# One image for web, worker, schedule and commands; renovation/runner/container.py is its entry.
FROM python:3.11-slim-bookworm

# Without libharfbuzz-subset0 a page of PDF takes ten seconds instead of a third of one.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /portal

# What pyproject.toml names, in the versions and with the hashes of the lock.
COPY pyproject.toml requirements.lock ./
RUN python -m pip install uv \
 && uv pip install --system --no-cache --constraint requirements.lock -r pyproject.toml \
 && python -m pip uninstall -y uv

RUN groupadd --gid 10001 portal \
 && useradd --uid 10001 --gid portal --no-create-home --home-dir /data portal \
 && install -d -o portal -g portal /data /data/files /keys

COPY manage.py ./
COPY renovation renovation
COPY projects projects
COPY complaints complaints
COPY supervision supervision
COPY reports reports
COPY templates templates
COPY static static

# The static files are part of the image; the key of this step guards nothing and is not kept.
RUN PRODUCTION=true SECRET_KEY=only-for-collecting-static-files-0123456789abcdefghij \
    DATABASE_URL=postgres://nobody@localhost/nothing REDIS_URL=redis://localhost \
    STATIC_ROOT=/portal/collected python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q renovation projects complaints supervision reports

ENV PRODUCTION=true MEDIA_ROOT=/data/files STATIC_ROOT=/portal/collected HOME=/tmp
USER portal
VOLUME ["/data", "/keys"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 \
  CMD ["python", "-m", "renovation.runner.container", "healthy", "web"]
ENTRYPOINT ["python", "-m", "renovation.runner.container"]
CMD ["web"]
