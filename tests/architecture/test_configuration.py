"""Every name read from the environment is explained, and every name explained is read."""

import ast
import re

from tests.architecture.tree import ROOT, dotted, judge, modules

READERS = {
    "env",
    "env.str",
    "env.bool",
    "env.int",
    "env.float",
    "env.list",
    "env.dict",
    "env.db_url",
}
READERS |= {"env.email_url", "env.url", "env.path", "env.json", "env.tuple", "env.cache_url"}
TABLE_ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.M)


def _document() -> str:
    return (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def _read_in_settings() -> set[str]:
    tree = ast.parse((ROOT / "renovation" / "settings.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [node.args[0] for node in calls if dotted(node.func) in READERS]
    assert all(isinstance(name, ast.Constant) for name in names), "a name that is not written out"
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


def test_settings_and_document_name_the_same() -> None:
    portals = _document().split("## Read by make")[0]
    assert set(TABLE_ROW.findall(portals)) == _read_in_settings()


def test_a_name_is_explained_once() -> None:
    names = TABLE_ROW.findall(_document())
    assert len(names) == len(set(names))


def test_what_make_and_container_read_is_there() -> None:
    sources = "".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in (
            "Makefile",
            "tests/run.py",
            "renovation/runner/demo.py",
            "renovation/runner/container.py",
        )
    )
    others = TABLE_ROW.findall(_document().split("## Read by make")[1])
    assert [name for name in others if name not in sources] == []


#: Modules beside the settings that look into the environment, each with the reason.
READS_ELSEWHERE = {
    "renovation/settings.py": "the place for it",
    "renovation/core/documents/pdf.py": "fontconfig takes its file from the environment alone",
    "renovation/runner/container.py": "puts the environment together before the settings are read",
    "renovation/runner/demo.py": "puts the environment together before the settings are read",
    "reports/demo/management/commands/load_demo.py": "DEMO_PASSWORD is no setting of the portal",
}


def test_the_environment_is_read_in_settings_alone() -> None:
    judge(
        {
            module.path
            for module in modules()
            if "environ" in module.text or "getenv" in module.text
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute | ast.Call)
            and dotted(node) in {"os.environ.get", "os.getenv", "environ.Env"}
        },
        READS_ELSEWHERE,
    )
