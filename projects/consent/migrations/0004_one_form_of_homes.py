"""Households that were listed before all spellings of a building, unit and room had one form (3# and 3号楼 are 3).

What is sealed is bound to the place, so it is opened and sealed anew. Where two households of an estate would become
one, both stay as they are: which of them is right is for the street to say.
"""

from collections import Counter

from django.db import migrations
from django.utils import timezone

from projects.consent.sealing import seal, unseal
from projects.ledger.addresses import building_form, room_form, unit_form

PLACE = ("building", "unit", "room")
SEALED = ("name", "phone")
REASON = "楼号、单元、室号统一写法"


def _form(row):
    return building_form(row.building), unit_form(row.unit), room_form(row.room)


def _lock(row, field):
    return f"consent.household:{row.estate_id}:{row.building}:{row.unit}:{row.room}:{field}"


def one_form(apps, editor):
    household = apps.get_model("consent", "Household")
    history = apps.get_model("consent", "HistoricalHousehold")
    taken = Counter()
    others = []
    for row in household.objects.only("pk", "estate_id", *PLACE).iterator():
        taken[row.estate_id, *_form(row)] += 1
        if _form(row) != (row.building, row.unit, row.room):
            others.append(row.pk)
    now = timezone.now()
    kept = [field.attname for field in history._meta.fields]
    for row in household.objects.filter(pk__in=others).order_by("pk").iterator():
        if taken[row.estate_id, *_form(row)] > 1:
            continue
        known = {
            field: unseal(getattr(row, f"{field}_sealed"), place=_lock(row, field))
            for field in SEALED
        }
        row.building, row.unit, row.room = _form(row)
        for field, text in known.items():
            setattr(row, f"{field}_sealed", seal(text, place=_lock(row, field)))
        row.version += 1
        row.save()
        values = {name: getattr(row, name) for name in kept if hasattr(row, name)}
        history.objects.create(
            **values, history_date=now, history_type="~", history_change_reason=REASON
        )


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_versions")]

    operations = [migrations.RunPython(one_form, migrations.RunPython.noop)]
