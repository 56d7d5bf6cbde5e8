"""The tables of a test database as all migrations leave them, made from the models in seconds.

Running the migrations would take each process of ``pytest -n`` longer. That the two come to the same is held by
`makemigrations --check` (tables), by ``tests/renovation/core/test_triggers.py`` (triggers), and by the test of the
production shape, which runs the migrations on a real PostgreSQL and compares what they leave.
"""

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from projects.funding.seeds import plant as plant_sources
from projects.works.seeds import plant as plant_menu
from renovation.core.triggers import declared, make_anew
from renovation.core.written import make_log, watch_tables

#: What migrations plant in an empty database, by table.
PLANTED = {"works_menuclass": 4, "works_menuitem": 45, "funding_fundingsource": 16}


def go_to(*targets: tuple[str, str]) -> None:
    """Migrate the test database (a transactional test's) as ``manage.py migrate`` does, with what that makes anew
    behind it."""
    MigrationExecutor(connection).migrate(list(targets))
    make_anew(connection)
    watch_tables(connection)


def newest() -> list[tuple[str, str]]:
    """Where all migrations are done."""
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


def finish_tables() -> None:
    """What stands in migrations alone: triggers, planted rows, and that all of them were applied."""
    settings.MIGRATION_MODULES = {}  # pytest-django took them away
    loader = MigrationLoader(connection)
    with connection.schema_editor() as editor:
        for operation in declared(loader.disk_migrations.values()).values():
            operation.make(editor)
    make_log(connection)
    watch_tables(connection)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    names = [
        each
        for key, migration in loader.disk_migrations.items()
        for each in (key, *migration.replaces)
    ]
    recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in names)
    settings.SIMPLE_HISTORY_ENABLED = False  # the models of migrations write none by themselves
    plant_menu(apps, connection.alias)
    plant_sources(apps)
    settings.SIMPLE_HISTORY_ENABLED = True


#: Which columns of which table are put back.
_kept: dict[str, str] = {}
#: In memory, for every connection of the process: beside Playwright's event loop a test has one of its own.
_BESIDE = "ATTACH 'file:planted?mode=memory&cache=shared' AS planted"


def keep_rows() -> None:
    """Keep a copy of every row beside the tables, for ``put_back``."""
    quote = connection.ops.quote_name
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA planted" if is_postgres else _BESIDE)
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        for name in map(quote, names):
            cursor.execute(f"SELECT * FROM {name} LIMIT 1")
            if cursor.fetchone() is None:
                continue
            _kept[name] = ", ".join(quote(column[0]) for column in cursor.description)
            cursor.execute(f"CREATE TABLE planted.{name} AS SELECT {_kept[name]} FROM {name}")


def put_back() -> None:
    """Write the kept rows into tables that were emptied, under the keys that they had."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA database_list")
            if "planted" not in {name for _, name, _ in cursor.fetchall()}:
                cursor.execute(_BESIDE)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name, columns in _kept.items():
            cursor.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM planted.{name}")
