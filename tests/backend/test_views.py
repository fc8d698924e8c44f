"""Saved views: filters under a name, seen and changed by their clinician alone."""

from __future__ import annotations

import httpx
import pytest

from lib.cases.filters import Filters
from lib.cases.views import MOST_VIEWS, NAME_LIMIT, list_views, remove_view, save_view
from lib.errors import InvalidChanges
from lib.ui.words import explain_invalid
from tests.backend.test_policies import refused, rows
from tests.clinicians import Clinician

OVERDUE = Filters(show="pending", overdue=True, order="patient_name")


def test_a_view_is_there_under_its_name_until_it_is_removed(newcomer: Clinician) -> None:
    view = save_view(newcomer, "  My overdue ", OVERDUE)
    assert (view.name, view.filters) == ("My overdue", OVERDUE)
    assert list_views(newcomer) == (view,)
    remove_view(newcomer, view)
    assert list_views(newcomer) == ()


def test_the_same_name_takes_the_place_of_the_view_before(newcomer: Clinician) -> None:
    first, second = save_view(newcomer, "A", OVERDUE), save_view(newcomer, "B", OVERDUE)
    assert save_view(newcomer, "A", Filters()).place == first.place
    assert [view.filters for view in list_views(newcomer)] == [Filters(), OVERDUE]
    remove_view(newcomer, first)
    assert save_view(newcomer, "C", Filters()).place == first.place
    assert save_view(newcomer, "B", Filters()).place == second.place


def test_a_view_that_took_the_place_of_a_removed_one_stays(newcomer: Clinician) -> None:
    removed = save_view(newcomer, "A", OVERDUE)
    remove_view(newcomer, removed)
    successor = save_view(newcomer, "B", OVERDUE)
    assert successor.place == removed.place
    remove_view(newcomer, removed)
    assert list_views(newcomer) == (successor,)


@pytest.mark.parametrize("name", ["", "  ", "x" * (NAME_LIMIT + 1), "two\nlines", "\u200b", "turned\u202eround"])
def test_a_name_that_cannot_be_read_is_refused_here_and_by_the_database(name: str, newcomer: Clinician) -> None:
    with pytest.raises(InvalidChanges):
        save_view(newcomer, name, OVERDUE)
    assert refused(newcomer.rest.post("/saved_views", json={"place": 1, "name": name, "filters": {}}))
    assert list_views(newcomer) == ()


def test_there_are_twenty_views_at_most_which_can_still_be_changed(newcomer: Clinician) -> None:
    for number in range(MOST_VIEWS):
        save_view(newcomer, f"View {number}", OVERDUE)
    with pytest.raises(InvalidChanges) as refusal:
        save_view(newcomer, "One more", OVERDUE)
    assert explain_invalid(refusal.value) == (
        "The view is one too many: 20 views are saved. Remove one first. Nothing was saved."
    )
    save_view(newcomer, "View 7", Filters())
    for place in (0, 21):
        assert refused(newcomer.rest.post("/saved_views", json={"place": place, "name": "Raw", "filters": {}}))
    assert len(list_views(newcomer)) == MOST_VIEWS


@pytest.mark.parametrize("filters", [[], "text", {"x": "y" * 1_000}])
def test_filters_are_a_small_object(filters: object, newcomer: Clinician) -> None:
    assert refused(newcomer.rest.post("/saved_views", json={"place": 1, "name": "Raw", "filters": filters}))


def test_what_a_later_version_does_not_know_is_passed_over(newcomer: Clinician) -> None:
    stored = {"place": 1, "name": "Old", "filters": {"show": "pending", "unheard_of": 1, "youngest": 999}}
    newcomer.rest.post("/saved_views", json=stored).raise_for_status()
    assert [view.filters for view in list_views(newcomer)] == [Filters(show="pending")]


def test_only_the_owner_sees_changes_and_removes_a_view(
    newcomer: Clinician, ben: Clinician, stranger: httpx.Client, anonymous: httpx.Client
) -> None:
    view = save_view(newcomer, "Mine", OVERDUE)
    mine = f"/saved_views?user_id=eq.{newcomer.user_id}"
    for actor in (stranger, anonymous):
        assert rows(actor.get(mine)) == []
        assert rows(actor.patch(mine, json={"filters": {}})) == []
        assert rows(actor.delete(mine)) == []
        planted = {"place": 2, "name": "Planted", "filters": {}, "user_id": str(newcomer.user_id)}
        assert refused(actor.post("/saved_views", json=planted))
    assert list_views(newcomer) == (view,)
    moved = newcomer.rest.patch(mine, json={"user_id": str(ben.user_id)})
    assert rows(moved) == []
    assert list_views(newcomer) == (view,)
