"""Addresses of the wing."""

from django.urls import path

from .views import imports, items, lists, menu, structures, utilities

app_name = "works"
urlpatterns = [
    path("items/", lists.items, name="items"),
    path("items/export/", lists.items_export, name="items_export"),
    path("structures/", lists.structures, name="structures_all"),
    path("structures/export/", lists.structures_export, name="structures_all_export"),
    path("utilities/", lists.utilities, name="utilities_all"),
    path("utilities/export/", lists.utilities_export, name="utilities_all_export"),
    path("import/<int:year>/", imports.upload, name="import"),
    path("import/<int:year>/template/", imports.template, name="import_template"),
    path("import/rules/", imports.rules, name="import_rules"),
    path("menu/", menu.menu, name="menu"),
    path("menu/new/", menu.menu_item_new, name="menu_item_new"),
    path("menu/classes/new/", menu.menu_class_new, name="menu_class_new"),
    path("menu/<int:pk>/", menu.menu_item, name="menu_item"),
    path("items/<int:pk>/", items.item, name="item"),
    path("items/<int:pk>/plan/", items.plan_change, name="plan_change"),
    path("items/<int:pk>/remove/", items.remove, name="remove"),
    path("items/<int:pk>/deliver/", items.deliver, name="deliver"),
    path("plans/<int:pk>/decide/", items.decide, name="decide"),
    path("completions/<int:pk>/withdraw/", items.withdraw, name="withdraw"),
    path("structures/<int:pk>/", structures.structure, name="structure"),
    path("structures/<int:pk>/built/", structures.structure_built, name="structure_built"),
    path("structures/<int:pk>/<str:act>/", structures.structure_act, name="structure_act"),
    path("utilities/<int:pk>/", utilities.utility, name="utility"),
    path("utilities/<int:pk>/edit/", utilities.utility_edit, name="utility_edit"),
    path("utilities/<int:pk>/coordinate/", utilities.coordinate, name="coordinate"),
    path("utilities/<int:pk>/<str:act>/", utilities.utility_act, name="utility_act"),
    path("files/<int:pk>/", items.file, name="file"),
    path("projects/<str:code>/", items.project, name="project"),
    path("projects/<str:code>/new/", items.plan_new, name="plan_new"),
    path("projects/<str:code>/structures/", structures.structures, name="structures"),
    path("projects/<str:code>/structures/new/", structures.structure_new, name="structure_new"),
    path("projects/<str:code>/utilities/", utilities.utilities, name="utilities"),
    path("projects/<str:code>/utilities/new/", utilities.utility_new, name="utility_new"),
]
