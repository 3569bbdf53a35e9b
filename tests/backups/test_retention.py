"""Which backups stay."""

from datetime import UTC, datetime, timedelta

from backups import retention

START = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)


def make(root, days, why="nightly", hour=3):
    names = []
    for day in days:
        name = retention.new_name(root, START + timedelta(days=day, hours=hour - 3), why)
        (root / name).mkdir()
        (root / name / "file").write_text("x")
        names.append(name)
    return names


def test_seven_days_and_four_weeks_stay(tmp_path):
    names = make(tmp_path, range(60))
    retention.rotate(tmp_path, names[-1], 7)
    left = retention.list_backups(tmp_path)
    assert left[:7] == names[:-8:-1]
    days = [datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=UTC) for name in left]
    assert len({day.isocalendar()[:2] for day in days}) == 4
    assert len(left) <= 7 + 4
    assert all(day.isocalendar().weekday == 7 for day in days[7:])


def test_rotating_every_day_keeps_the_same_as_rotating_once(tmp_path):
    daily, once = tmp_path / "daily", tmp_path / "once"
    daily.mkdir()
    once.mkdir()
    for day in range(40):
        (name,) = make(daily, [day])
        retention.rotate(daily, name, 7)
    retention.rotate(once, make(once, range(40))[-1], 7)
    assert retention.list_backups(daily) == retention.list_backups(once)


def test_of_one_day_the_last_stays(tmp_path):
    morning, evening = make(tmp_path, [0], hour=3), make(tmp_path, [0], "asked", hour=20)
    assert retention.rotate(tmp_path, evening[0], 7) == morning
    assert retention.list_backups(tmp_path) == evening


def test_the_one_just_made_stays_even_when_the_clock_went_back(tmp_path):
    make(tmp_path, range(700, 760))
    (new,) = make(tmp_path, [0])
    retention.rotate(tmp_path, new, 7)
    assert new in retention.list_backups(tmp_path)


def test_the_last_one_before_an_upgrade_stays(tmp_path):
    (upgrade,) = make(tmp_path, [0], "upgrade", hour=4)
    names = make(tmp_path, range(60))
    retention.rotate(tmp_path, names[-1], 7)
    assert upgrade in retention.list_backups(tmp_path)


def test_what_is_no_backup_of_this_kind_is_left_alone(tmp_path):
    for name in ("backup_20260101_000000", "mine", "20269999T999999Z-nightly", ".new.part"):
        (tmp_path / name).mkdir()
    (tmp_path / "state.json").write_text("{}")
    before = sorted(path.name for path in tmp_path.iterdir())
    names = make(tmp_path, range(2))
    retention.rotate(tmp_path, names[-1], 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, *names])


def test_two_in_one_second_have_two_names(tmp_path):
    first, second = make(tmp_path, [0, 0])
    assert first != second
    assert retention.list_backups(tmp_path) == [second, first]
