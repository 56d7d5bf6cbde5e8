"""What residents reach can run as an instance of its own: it knows no ledger, no archive, no user."""

from django.apps import apps

from tests.architecture.tree import imports, modules

ALLOWED = ("projects.consent.public", "renovation.core", "renovation.records.keys")
OURS = ("projects", "complaints", "supervision", "reports", "renovation")


def test_it_imports_only_itself_the_core_and_the_key_ring() -> None:
    found = [
        f"{module.path}:{line} {target}"
        for module in modules("projects")
        if module.name.startswith("projects.consent.public")
        for target, line in imports(module)
        if target.split(".")[0] in OURS and not target.startswith(ALLOWED)
    ]
    assert found == []


def test_its_tables_point_at_no_other_app() -> None:
    targets = {
        field.related_model._meta.app_label
        for model in apps.get_app_config("consent_public").get_models()
        for field in model._meta.get_fields()
        if field.is_relation
    }
    assert targets == {"consent_public"}
