"""Backups in the browser: asked for, checked, downloaded whole or in part, deleted."""

import io
import tarfile

import pytest

from backups import create, manifest, planned_restore, task_process, tasks
from tests.conftest import PASSWORD

PAGE = "/admin/backups"


@pytest.fixture
def config(owner):
    return owner.services.config


@pytest.fixture
def name(owner, config):
    """A backup of a library with a piece."""
    owner.speak()
    return create.make(config).folder.name


def ask(owner, config, path):
    """Send a form that asks for a task, and do that as the worker's process would."""
    answer = owner.post(path)
    assert answer.status_code == 303, answer.text
    task_process.work(config)
    return tasks.read(config)


def another(config, name):
    """A second backup; the first is dated a day earlier, as only the last of a day stays."""
    root = config.data_dir / "backups"
    earlier = "20260102T030000Z-asked"
    (root / name).rename(root / earlier)
    return earlier, create.make(config).folder.name


def link(owner, name):
    answer = owner.post(f"{PAGE}/{name}/download", {"password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_backup_that_was_asked_for_is_listed(owner, config):
    assert "There is no backup yet" in owner.get(PAGE).text
    task = ask(owner, config, PAGE)
    assert (task.kind, task.state) == (tasks.MAKE, tasks.DONE)
    listed = owner.get(PAGE, json=True).json
    assert [each["name"] for each in listed["backups"]] == [task.backup]
    assert task.backup in owner.get(PAGE).text
    assert "backup_asked" in owner.events()


def test_only_one_task_is_open_at_a_time(owner, config):
    assert owner.post(PAGE).status_code == 303
    assert owner.post(PAGE).status_code == 409
    assert "Creating a backup" in owner.get(PAGE).text


def test_a_task_whose_process_was_killed_is_told_and_can_be_asked_again(owner, config):
    owner.post(PAGE)
    tasks.begin(config, tasks.read(config), state=tasks.RUNNING)
    assert "It was interrupted." in owner.get(PAGE).text
    assert owner.post(PAGE).status_code == 303


def test_a_task_that_nobody_began_in_time_is_not_done_later(owner, config):
    owner.post(PAGE)
    tasks.begin(config, tasks.read(config), at="2026-01-01 00:00:00")
    task_process.work(config)
    assert "did not start in time" in owner.get(PAGE).text
    assert create.list_all(config) == []


def test_a_check_shows_what_a_restore_would_change(owner, guest, config, name):
    guest.speak()
    page = owner.get(f"{PAGE}/{name}").text
    assert "Restore and restart" not in page
    ask(owner, config, f"{PAGE}/{name}/check")
    page = owner.get(f"{PAGE}/{name}").text
    assert "Checked: every file" in page
    assert "After the restore" in page
    assert f"flask restore {name}" in page  # this server has no supervisor


def test_a_damaged_backup_is_found_by_its_check(owner, config, name):
    sound = next((config.data_dir / "backups" / name / "audio").iterdir())
    content = sound.read_bytes()
    sound.unlink()
    sound.write_bytes(content[:-1] + b"!")
    owner.post(f"{PAGE}/{name}/check")
    with pytest.raises(Exception, match="is damaged"):
        task_process.work(config)
    page = owner.get(f"{PAGE}/{name}").text
    assert "is not what was saved" in page
    assert "After the restore" not in page


def test_a_restore_is_refused_without_a_check_of_that_backup(owner, config, name):
    owner.services.restart = lambda: pytest.fail("nothing was to be restarted")
    answer = owner.post(f"{PAGE}/{name}/restore", {"password": PASSWORD})
    assert answer.status_code == 409
    assert tasks.read(config).kind == ""


def test_a_restore_asks_for_the_password(owner, config, name):
    restarts = []
    owner.services.restart = lambda: restarts.append(1)
    ask(owner, config, f"{PAGE}/{name}/check")
    wrong = owner.post(f"{PAGE}/{name}/restore", {"password": "wrong"})
    assert wrong.status_code == 403
    assert "error-restore" in wrong.text
    assert restarts == []
    right = owner.post(f"{PAGE}/{name}/restore", {"password": PASSWORD})
    assert right.status_code == 202
    assert restarts == [1]
    assert tasks.is_waiting(config, tasks.RESTORE)


def test_a_download_is_the_backup_byte_for_byte(owner, config, name):
    answer = owner.get(link(owner, name))
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    folder = config.data_dir / "backups" / name
    with tarfile.open(fileobj=io.BytesIO(answer.data)) as archive:
        found = {each.name: archive.extractfile(each).read() for each in archive}
    wanted = {manifest.NAME, *manifest.read(folder).files}
    assert found == {f"{name}/{each}": (folder / each).read_bytes() for each in wanted}
    assert not any("secret_key" in each for each in found)


def test_a_download_goes_on_where_it_broke_off(owner, config, name):
    address = link(owner, name)
    whole = owner.get(address)
    size, etag = len(whole.data), whole.headers["ETag"]
    for start in (0, 1, 511, 512, 513, 1024, size // 2, size - 1025, size - 1):
        part = owner.get(address, headers={"Range": f"bytes={start}-", "If-Range": etag})
        assert part.status_code == 206
        assert part.data == whole.data[start:], start
    last = owner.get(address, headers={"Range": "bytes=-7"})
    assert last.data == whole.data[-7:]
    assert owner.get(address, headers={"Range": f"bytes={size}-"}).status_code == 416
    other = owner.get(address, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (other.status_code, len(other.data)) == (200, size)


def test_a_download_needs_the_password_and_one_s_own_link(owner, guest, config, name):
    assert owner.post(f"{PAGE}/{name}/download", {"password": "x"}).status_code == 403
    assert owner.get(f"{PAGE}/{name}/backup.tar").status_code == 303
    address = link(owner, name)
    owner.services.db.set_user_admin(guest.user["id"], True)
    assert guest.get(address).status_code == 303
    assert "Enter your password again" in guest.get(f"{PAGE}/{name}").text


def test_the_only_backup_cannot_be_deleted(owner, config, name):
    assert owner.post(f"{PAGE}/{name}/delete").status_code == 409
    name, other = another(config, name)
    assert owner.post(f"{PAGE}/{name}/delete").status_code == 303
    assert [each["name"] for each in create.list_all(config)] == [other]
    assert "backup_deleted" in owner.events()


@pytest.mark.parametrize(
    "name", ["state.json", "20260101T000000Z-asked", "task.json", "%2e%2e%2fx"]
)
def test_what_is_no_backup_is_not_there(owner, name):
    for path in ("check", "delete", "download"):
        assert owner.post(f"{PAGE}/{name}/{path}", {"password": PASSWORD}).status_code == 404


@pytest.mark.parametrize("days", ["", "0", "-1", "32", "x", "7.5", "9" * 30])
def test_a_number_of_days_that_is_not_allowed_is_told_at_its_field(owner, days):
    answer = owner.post(f"{PAGE}/keep", {"backup_days": days})
    assert answer.status_code == 400
    assert 'id="error-backup_days"' in answer.text
    assert "from 1 to 31" in answer.text


def test_the_days_of_backups_are_kept(owner):
    assert owner.post(f"{PAGE}/keep", {"backup_days": "14"}).status_code == 303
    assert owner.services.accounts.rules.backup_days == 14
    assert "rule_changed" in owner.events()


def test_a_restore_is_asked_for_once_its_backup_was_checked_last(owner, config, name):
    name, other = another(config, name)
    ask(owner, config, f"{PAGE}/{name}/check")
    with pytest.raises(Exception, match="Check this backup first"):
        planned_restore.ask(config, other, "vera")
