"""Tickets on an injected clock."""

from __future__ import annotations

from lib.accounts.sign_in import Session
from lib.accounts.tickets import TICKET_SECONDS, Tickets
from tests.clock import Clock
from tests.unit.test_sessions import ADA


def test_tickets_that_nobody_redeemed_in_time_are_forgotten(clock: Clock) -> None:
    tickets: Tickets[Session] = Tickets(clock)
    for _ in range(100):
        tickets.issue(ADA)
    clock.pass_by(TICKET_SECONDS)
    tickets.issue(ADA)
    assert len(tickets._out) == 1
