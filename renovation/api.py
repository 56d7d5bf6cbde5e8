"""The one API: what CONTRACT.md lists, wing by wing."""

from ninja import NinjaAPI

api = NinjaAPI(
    title="老旧小区改造调度平台 接口",
    version="1.0.0",
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
)
