"""A clock that jumps by years keeps nobody out, and nobody in."""

import time

import pytest

from accounts.errors import TooManyAttempts
from accounts.rules import DAY_S
from accounts.types import Visitor
from tests.conftest import PASSWORD

YEARS_S = 2 * 365 * DAY_S
HERE = Visitor("192.0.2.1", "Firefox", "r1")


class Clock:
    """The machine's clock, set ahead or back."""

    ahead_s = 0.0

    def __call__(self):
        return time.time() + self.ahead_s


@pytest.fixture
def clock(accounts):
    accounts._clock = Clock()
    return accounts._clock


@pytest.fixture
def user(services, password_hash):
    return services.db.create_user("vera", password_hash)


def fail(services, times, event="login_failed", user=None):
    for _ in range(times):
        services.db.log_security_event(
            event, user_id=user and user["id"], username="vera", ip_address=HERE.ip, success=False
        )


@pytest.mark.parametrize("jump_s", [YEARS_S, -YEARS_S])
def test_failures_from_before_a_jump_slow_nobody_after_it(accounts, services, user, clock, jump_s):
    fail(services, 40)
    with pytest.raises(TooManyAttempts):
        accounts.login("vera", PASSWORD, HERE)
    clock.ahead_s = jump_s
    assert accounts.login("vera", PASSWORD, HERE).user["username"] == "vera"


@pytest.mark.parametrize("jump_s", [YEARS_S, -YEARS_S])
def test_a_known_browser_gets_in_after_a_jump(accounts, services, user, clock, jump_s):
    device = accounts.login("vera", PASSWORD, HERE).device_token
    fail(services, 19, "login_failed_known_device", user)
    with pytest.raises(TooManyAttempts):
        accounts.login("vera", PASSWORD, HERE, device_token=device)
    clock.ahead_s = jump_s
    assert accounts.login("vera", PASSWORD, HERE, device_token=device)


def test_a_session_outlives_a_clock_that_is_set_right_again(accounts, user, clock):
    clock.ahead_s = YEARS_S
    token = accounts.open_session(user, HERE).token
    clock.ahead_s = 0
    assert accounts.authenticate(token)["user_id"] == user["id"]


def test_a_session_begun_by_a_clock_ahead_ends_in_its_time_all_the_same(accounts, user, clock):
    clock.ahead_s = YEARS_S
    token = accounts.open_session(user, HERE).token
    clock.ahead_s = 0
    assert accounts.authenticate(token)
    for _ in range(2):
        clock.ahead_s += 13 * DAY_S
        assert accounts.authenticate(token)
    clock.ahead_s += 5 * DAY_S
    assert accounts.authenticate(token) is None


def test_who_was_signed_out_by_a_jump_ahead_signs_in_again(accounts, user, clock):
    token = accounts.open_session(user, HERE).token
    clock.ahead_s = YEARS_S
    assert accounts.authenticate(token) is None
    assert accounts.authenticate(accounts.login("vera", PASSWORD, HERE).token)


def test_registrations_of_a_clock_ahead_do_not_count(accounts, services, clock):
    for _ in range(50):
        services.db.log_security_event("register", ip_address=HERE.ip)
    with pytest.raises(TooManyAttempts):
        accounts.throttle.check_registrations(HERE)
    clock.ahead_s = -YEARS_S
    accounts.throttle.check_registrations(HERE)
