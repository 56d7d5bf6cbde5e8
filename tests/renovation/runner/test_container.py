"""The container's entry: secrets that are made once, and what is put together from them."""

import stat
from pathlib import Path

from renovation.runner.container import fill, main, make_keys


def test_keys_are_made_once_and_differ(tmp_path: Path) -> None:
    make_keys(tmp_path)
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(first) == {"secret_key", "postgres_password"}
    assert len(set(first.values())) == 2
    assert all(len(value) >= 50 for value in first.values())
    make_keys(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o444


def test_what_is_missing_is_filled_from_the_files(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("s" * 60)
    (tmp_path / "postgres_password").write_text("p")
    env = {"SECRET_KEY": "", "DATABASE_URL": ""}
    fill(env, tmp_path)
    assert env["SECRET_KEY"] == "s" * 60
    assert env["DATABASE_URL"] == "postgres://portal:p@postgres:5432/portal"


def test_what_is_given_stays(tmp_path: Path) -> None:
    make_keys(tmp_path)
    env = {"SECRET_KEY": "mine", "DATABASE_URL": "postgres://elsewhere/x"}
    fill(env, tmp_path)
    assert env["SECRET_KEY"] == "mine"
    assert env["DATABASE_URL"] == "postgres://elsewhere/x"


def test_an_unknown_command_explains_itself(capsys) -> None:
    assert main(["dance"]) == 2
    assert "schedule" in capsys.readouterr().err
